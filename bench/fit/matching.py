"""Fits matching: `python -m bench.fit.matching`. Writes services/matching/model (two small files and the model card).

`--examples FOLDER` adds what coordinators decided (`./anlaufstelle examples export FOLDER`) to the corpus; it may be given again.

The maps, topics, weights of meaning and the threshold of gaps come from data/corpus alone; the weights of meaning from folds that
leave out one of its seven parts, with its needs and its offers, so that they are those of unseen offers. On the development set
the calibration and the two thresholds of the decision are fitted; the weights are cross-validated in what the card tells, the
thresholds and the choices of method, which were compared on that set, are not (see the card's limits).
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from anlaufstelle_contracts.taxonomy import Category
from sklearn.linear_model import LogisticRegression

from bench.fit import calibrate, card
from bench.fit.maps import fit_maps
from bench.fit.rows import CORPUS, ROOT, Array, Row, corpus, embed, offer, rows
from services.matching.domain.index import Index
from services.matching.domain.model import ARRAYS, NUMBERS, Model, Numbers, Scale, to_bytes, unit
from services.matching.domain.ranking import CONSIDERED, meaning_features
from services.matching.domain.words import stems

FOLDER = ROOT / "services" / "matching" / "model"
SEED = 0
PARTLY = 0.3
"""How much an offer that helps in part counts beside one that answers the need."""
ENCODER = "multilingual-e5-small"
CATEGORIES = [str(category) for category in Category]
CATEGORY_THRESHOLD = 0.22
"""Chosen by the F1 on the development set, like C=3 of the topics and `PARTLY`."""
GAP_TOPIC_WEIGHT, GAP_CONCEPT_WEIGHT, GAP_SIMILARITY = 0.9, 0.4, 0.92
"""Where the pairwise F1 of the themes in data/corpus/unmet.jsonl peaks (`python -m bench.fit.gaps`)."""
EVERYDAY = 0.03
"""Share of the needs in which a word must occur to label no gap."""


@dataclass(frozen=True)
class Corpus:
    """Rows with embeddings. The first letter of an id is the part in which it was written."""

    cards: list[Row]
    needs: list[Row]
    unmet: list[Row]
    helps: list[Row]
    card_vectors: Array
    need_vectors: Array
    unmet_vectors: Array
    help_vectors: Array

    @classmethod
    def read(cls, examples: Sequence[Path] = ()) -> "Corpus":
        cards, needs, unmet = (corpus(name, examples) for name in ("cards", "needs", "unmet"))
        helps = [row for row in rows(CORPUS / "other.jsonl") if row["kind"] == "offer"]
        return cls(
            cards, needs, unmet, helps,
            embed([offer(row).text for row in cards], False),
            *(embed([row["text"] for row in some], True) for some in (needs, unmet, helps)),
        )  # fmt: skip

    def parts(self) -> list[str]:
        """The parts, by letter."""
        return sorted({row["id"][0] for row in self.cards})

    def only(self, parts: Sequence[str]) -> "Corpus":
        """Some parts of it."""

        def pick(some: list[Row], vectors: Array) -> tuple[list[Row], Array]:
            chosen = [index for index, row in enumerate(some) if row["id"][0] in parts]
            return [some[index] for index in chosen], vectors[chosen]

        cards, card_vectors = pick(self.cards, self.card_vectors)
        needs, need_vectors = pick(self.needs, self.need_vectors)
        unmet, unmet_vectors = pick(self.unmet, self.unmet_vectors)
        helps, help_vectors = pick(self.helps, self.help_vectors)
        return Corpus(cards, needs, unmet, helps, card_vectors, need_vectors, unmet_vectors, help_vectors)


def main() -> None:
    """Fit, calibrate, write, report."""
    parser = ArgumentParser(description="Fits matching.")
    parser.add_argument("--examples", type=Path, action="append", default=[], help="folder written by `examples export`")
    learned = Corpus.read(parser.parse_args().examples)
    parts = learned.parts()
    samples = []
    for part in parts:
        rest = fit_model(learned.only([other for other in parts if other != part]))
        samples.append(meaning_samples(rest, learned.only([part])))
        print(f"part {part}: {len(samples[-1][1])} pairs", flush=True)
    model = fit_model(learned)
    model.numbers.meaning = fit_meaning(samples)
    model.numbers.everyday_stems = everyday_stems([row["text"] for row in learned.needs])
    report = calibrate.calibrate(model)
    write(model, FOLDER)
    (FOLDER / "CARD.md").write_text(card.write(model, report), encoding="utf-8")
    print(card.table(report))


def fit_model(corpus: Corpus) -> Model:
    """Maps, topics and unusualness from rows; the numbers of ranking are still neutral."""
    position = {row["id"]: index for index, row in enumerate(corpus.cards)}
    targets = np.zeros((len(corpus.needs), len(corpus.cards)), dtype=np.float32)
    for index, row in enumerate(corpus.needs):
        for identifier, grade in row["offers"].items():
            if identifier in position:
                targets[index, position[identifier]] = 1.0 if grade == 2 else PARTLY
    targets /= targets.sum(axis=1, keepdims=True)
    need_map, offer_map = fit_maps(corpus.need_vectors, corpus.card_vectors, targets, SEED)

    needs, unmet, helps = (
        unit(vectors @ need_map) for vectors in (corpus.need_vectors, corpus.unmet_vectors, corpus.help_vectors)
    )
    offers = unit(corpus.card_vectors @ offer_map)
    labels = [row["categories"] for row in (*corpus.needs, *corpus.unmet)]
    labels += [[row["category"], *row["also"]] for row in corpus.cards] + [row["categories"] for row in corpus.helps]
    topics = fit_topics(np.vstack([needs, unmet, offers, helps]), labels)
    answered = np.repeat([0, 1], [len(needs), len(unmet)])
    unusual = LogisticRegression(C=0.3, class_weight="balanced", max_iter=500).fit(np.vstack([needs, unmet]), answered)
    return Model(
        Numbers(
            encoder=ENCODER, categories=CATEGORIES, category_threshold=CATEGORY_THRESHOLD,
            meaning={name: Scale(mean=0, deviation=1, weight=1) for name in ("similarity", "topic", "words")},
            intercept=0, weights={}, refer_from=1, review_from=1, list_from=1, rematch_similarity=0,
            gap_topic_weight=GAP_TOPIC_WEIGHT, gap_concept_weight=GAP_CONCEPT_WEIGHT, gap_similarity=GAP_SIMILARITY,
            everyday_stems=[],
        ),
        need_map, offer_map, topics.coef_.T.astype(np.float32), topics.intercept_.astype(np.float32),
        unusual.coef_[0].astype(np.float32), float(unusual.intercept_[0]),
    )  # fmt: skip


def fit_topics(vectors: Array, labels: list[list[str]]) -> LogisticRegression:
    """One softmax over all categories; a row with two counts half for each."""
    chosen = [(index, name, 1 / len(names)) for index, names in enumerate(labels) for name in names]
    return LogisticRegression(C=3, max_iter=500).fit(
        vectors[[index for index, _, _ in chosen]],
        [CATEGORIES.index(name) for _, name, _ in chosen],
        sample_weight=[weight for _, _, weight in chosen],
    )


def meaning_samples(model: Model, part: Corpus) -> tuple[Array, Array]:
    """Features of meaning of the nearest offers of a part that the model has not seen, and whether each is listed."""
    index = Index(model)
    index.put([offer(row).model_copy(update={"vector": to_bytes(vector)}) for row, vector in zip(
        part.cards, part.card_vectors, strict=True)])  # fmt: skip
    features, listed = [], []
    asked = [*part.needs, *part.unmet]
    mapped = model.map_needs(np.vstack([part.need_vectors, part.unmet_vectors]))
    rarity = index.rarity
    for row, vector, shares in zip(asked, mapped, model.topic_shares(mapped), strict=True):
        words = stems(row["text"])
        for found, similarity in islice(index.nearest(vector), CONSIDERED):
            overlap = rarity.overlap(words, stems(found.text))
            features.append(list(meaning_features(shares, found, similarity, overlap, model).values()))
            listed.append(found.id in row["offers"])
    return np.array(features, dtype=np.float32), np.array(listed)


def fit_meaning(samples: list[tuple[Array, Array]]) -> dict[str, Scale]:
    """How similarity, topic and words add up to one meaning."""
    values, listed = np.vstack([some for some, _ in samples]), np.concatenate([some for _, some in samples])
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    weights = LogisticRegression(max_iter=500).fit((values - mean) / deviation, listed).coef_[0]
    return {
        name: Scale(mean=round(float(m), 5), deviation=round(float(d), 5), weight=round(float(w), 5))
        for name, m, d, w in zip(("similarity", "topic", "words"), mean, deviation, weights, strict=True)
    }


def everyday_stems(texts: list[str]) -> list[str]:
    """Stems that many needs contain, whatever they are about."""
    counts: dict[str, int] = {}
    for text in texts:
        for stem in stems(text):
            counts[stem] = counts.get(stem, 0) + 1
    return sorted(stem for stem, count in counts.items() if count >= EVERYDAY * len(texts))


def write(model: Model, folder: Path) -> None:
    """Both files; the arrays as float16."""
    folder.mkdir(exist_ok=True)
    arrays = {name: array.astype(np.float16) for name, array in model.arrays().items()}
    np.savez_compressed(folder / ARRAYS, **arrays)  # type: ignore[arg-type]
    (folder / NUMBERS).write_text(model.numbers.model_dump_json(indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
