"""OMoS-QA: questions of newcomers in German, English and Ukrainian, and the German page that was written for them.

Kleinle et al., OMoS-QA: A Dataset for Cross-Lingual Extractive Question Answering in a German Migration Context, KONVENS 2024.
The data is CC BY 4.0 and stays outside of this project.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from sklearn.metrics import roc_auc_score

from bench.fit.rows import Row, embed, rows
from services.matching.domain.model import Model

from .judging import SHIPPED

LANGUAGES = ("de", "en", "uk")
MISSING = (
    "OMoS-QA is not measured: {} holds no dev_de.jsonl, dev_en.jsonl, dev_uk.jsonl. Take them from "
    "github.com/digitalfabrik/integreat-qa-dataset (dataset/languages/*/splits, CC BY 4.0), or name the folder with --omos."
)
PAGE = 1_500
"""Signs of a page that are embedded as one."""
SHORTEST = 20
"""Signs of a line that says something."""

Vectors = NDArray[np.float32]


def is_there(folder: Path) -> bool:
    """Whether the data is."""
    return all((folder / f"dev_{language}.jsonl").exists() for language in LANGUAGES)


def table(folder: Path) -> Table:
    """The page found first (P@1), the mean reciprocal rank, and how well unanswerable questions are told (AUC)."""
    german = rows(folder / "dev_de.jsonl")
    pages = {row["pageId"]: row["context"] for row in german}
    names = list(pages)
    whole = embed([text[:PAGE] for text in pages.values()], False)
    lines = [[line for line in text.splitlines() if len(line) >= SHORTEST] or [text] for text in pages.values()]
    pieces = embed([line for some in lines for line in some], False)
    ends = np.cumsum([len(some) for some in lines])[:-1]
    model = Model.load(SHIPPED)
    found = Table(
        "question in", "score", "P@1", "MRR", "AUC of answerable", title=f"OMoS-QA: {len(german)} questions, {len(pages)} pages"
    )
    for language in LANGUAGES:
        questions = rows(folder / f"dev_{language}.jsonl")
        asked = embed([row["question"] for row in questions], True)
        best_line = np.stack([part.max(axis=1) for part in np.split(asked @ pieces.T, ends, axis=1)], axis=1)
        scores = {
            "raw embeddings, page": asked @ whole.T,
            "raw embeddings, best line": best_line,
            "the two linear maps, page": model.map_needs(asked) @ model.map_offers(whole).T,
        }
        for name, score in scores.items():
            found.add_row(language, name, *_measures(score, questions, names))
    return found


def _measures(scores: Vectors, questions: Sequence[Row], pages: Sequence[int]) -> list[str]:
    right = np.array([pages.index(row["pageId"]) for row in questions])
    answerable = np.array([bool(row["answers"]) for row in questions])
    own = scores[np.arange(len(right)), right]
    rank = 1 + (scores > own[:, None]).sum(axis=1)
    return [f"{value:.3f}" for value in (
        (rank[answerable] == 1).mean(), (1 / rank[answerable]).mean(), roc_auc_score(answerable, own),
    )]  # fmt: skip
