"""Simple ways to rank offers for a need, to measure ours against: none knows more than the words."""

from collections.abc import Sequence

import bm25s
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.fit.rows import embed, offer
from services.matching.domain.filters import find_unavailable
from services.matching.domain.model import Model

from .judging import SHIPPED, Folder

Scores = NDArray[np.float32]


def rankings(texts: Sequence[str], folder: Folder) -> dict[str, list[list[str]]]:
    """Offers that somebody could turn to on the day, best first, for each text, by the name of the ranking."""
    offers = [one for row in folder.offers.values() if find_unavailable(one := offer(row), folder.today) is None]
    described = [one.text for one in offers]
    model = Model.load(SHIPPED)
    asked, offered = embed(list(texts), True), embed(described, False)
    scores = {
        "BM25 over words": _bm25(texts, described),
        "TF-IDF over character n-grams (2 to 5)": _tfidf(texts, described),
        "cosine of the raw embeddings": asked @ offered.T,
        "cosine after the linear maps": model.map_needs(asked) @ model.map_offers(offered).T,
    }
    return {
        name: [[offers[at].id for at in np.argsort(-row, kind="stable")] for row in found] for name, found in scores.items()
    }  # fmt: skip


def _bm25(texts: Sequence[str], described: Sequence[str]) -> Scores:
    index = bm25s.BM25()
    index.index(bm25s.tokenize(list(described), stopwords=None, show_progress=False), show_progress=False)
    words = bm25s.tokenize(list(texts), stopwords=None, return_ids=False, show_progress=False)
    return np.stack([index.get_scores(some) if some else np.zeros(len(described), dtype=np.float32) for some in words])


def _tfidf(texts: Sequence[str], described: Sequence[str]) -> Scores:
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    offered = vectorizer.fit_transform(described)
    return np.asarray((vectorizer.transform(texts) @ offered.T).todense(), dtype=np.float32)
