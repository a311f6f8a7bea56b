"""Fits matching: `python -m bench.fit.matching`. Writes services/matching/model (two small files and the model card).

`--examples FOLDER` adds what coordinators decided (`./anlaufstelle examples export FOLDER`) to the corpus; it may be given again.

The maps, topics, weights of meaning and the threshold of gaps come from data/corpus alone; the weights of meaning from seven
folds, each of which leaves out a seventh of the offers of every category, with all their needs, so that they are those of unseen
offers. (The parts by which the corpus was written are categories: a model that has never seen a category is not what is
shipped.) On the development set the calibration and the two thresholds of the decision are fitted; the weights are
cross-validated in what the card tells, the thresholds and the choices of method are not (see the card's limits).

With `ANLAUFSTELLE_EMBEDDING_URL` and `ANLAUFSTELLE_EMBEDDING_MODEL` set, the model is fitted for that encoder.
"""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress, islice
from math import log
from pathlib import Path

import numpy as np
from anlaufstelle_contracts.taxonomy import Category
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.fit import calibrate, card
from bench.fit.maps import fit_maps
from bench.fit.rows import CORPUS, ROOT, TODAY, Array, Row, corpus, embed, encoder, offer, rows
from services.matching.domain.concepts import catalogue, concepts
from services.matching.domain.index import Index
from services.matching.domain.model import ARRAYS, NUMBERS, Block, Model, Numbers, Scale, to_bytes
from services.matching.domain.need import Need
from services.matching.domain.ranking import CONSIDERED, Query, meaning_features
from services.matching.domain.words import stems
from services.matching.encoder import BundledEncoder

FOLDER = ROOT / "services" / "matching" / "model"
SEED = 0
PARTLY = 0.3
"""How much an offer that helps in part counts beside one that answers the need."""
FOLDS = 7
WHOLE, BY_WORDS = (5, 1.0, 256), (3, 0.5, 128)
"""Epochs, weight and directions kept: of maps for an encoder that reads whole texts, and for the one that reads words."""
CATEGORIES = [str(category) for category in Category]
CATEGORY_THRESHOLD = 0.22
"""Chosen by the F1 on the development set, like C=3 of the topics and `PARTLY`."""
GAP_TOPIC_WEIGHT, GAP_CONCEPT_WEIGHT, GAP_SIMILARITY = 0.9, 0.4, 0.92
"""Where the pairwise F1 of the themes in data/corpus/unmet.jsonl peaks (`python -m bench.fit.gaps`)."""
EVERYDAY = 0.03
"""Share of the needs in which a word must occur to label no gap."""
NEVER = -30.0
MEANING = ("similarity", "topic", "words", "things")


@dataclass(frozen=True)
class Corpus:
    """Rows with embeddings."""

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

    def folds(self) -> list[tuple["Corpus", "Corpus"]]:
        """What to learn from and what to try it on: no offer, and no theme of unmet needs, is in both."""
        random = np.random.default_rng(SEED)
        fold: dict[str, int] = {}
        for category in sorted({row["category"] for row in self.cards}):
            ids = random.permutation([row["id"] for row in self.cards if row["category"] == category])
            first = int(random.integers(FOLDS))
            fold |= {str(name): (first + place) % FOLDS for place, name in enumerate(ids)}
        themes = sorted({row["theme"] for row in self.unmet})
        theme = dict(zip(themes, random.integers(0, FOLDS, len(themes)).tolist(), strict=True))
        return [
            (
                self._only(
                    [fold[row["id"]] != one for row in self.cards], [theme[row["theme"]] != one for row in self.unmet],
                    [all(fold[name] != one for name in row["offers"]) for row in self.needs],
                ),
                self._only(
                    [fold[row["id"]] == one for row in self.cards], [theme[row["theme"]] == one for row in self.unmet],
                    [any(fold[name] == one for name in row["offers"]) for row in self.needs],
                ),
            ) for one in range(FOLDS)
        ]  # fmt: skip

    def _only(self, cards: list[bool], unmet: list[bool], needs: list[bool]) -> "Corpus":
        return replace(
            self, cards=list(compress(self.cards, cards)), card_vectors=self.card_vectors[cards],
            needs=list(compress(self.needs, needs)), need_vectors=self.need_vectors[needs],
            unmet=list(compress(self.unmet, unmet)), unmet_vectors=self.unmet_vectors[unmet],
        )  # fmt: skip


def main() -> None:
    """Fit, calibrate, write, report."""
    parser = ArgumentParser(description="Fits matching.")
    parser.add_argument("--examples", type=Path, action="append", default=[], help="folder written by `examples export`")
    learned = Corpus.read(parser.parse_args().examples)
    samples = [meaning_samples(fit_model(rest), unseen) for rest, unseen in learned.folds()]
    model = fit_model(learned)
    model.numbers.meaning = fit_meaning(samples)
    model.numbers.everyday_stems = everyday_stems([row["text"] for row in learned.needs])
    report = calibrate.calibrate(model)
    report.held_out, report.without_things = held_out(samples), held_out(samples, MEANING[:3])
    print(f"unseen offers of the corpus, a right one first / among three: {report.held_out}")
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
    blocks, need_maps, offer_maps = fit_blocks(corpus, targets)
    plain = Model(
        Numbers(
            encoder=encoder().name, blocks=blocks, categories=CATEGORIES, category_threshold=CATEGORY_THRESHOLD,
            things=rarities([offer(row).text for row in corpus.cards]),
            meaning={name: Scale(mean=0, deviation=1, weight=1) for name in MEANING},
            intercept=0, weights={}, refer_from=1, review_from=1, list_from=1, rematch_similarity=0,
            gap_topic_weight=GAP_TOPIC_WEIGHT, gap_concept_weight=GAP_CONCEPT_WEIGHT, gap_similarity=GAP_SIMILARITY,
            everyday_stems=[],
        ),
        need_maps, offer_maps, np.zeros(0, np.float32), np.zeros(0, np.float32), np.zeros(0, np.float32), 0.0,
    )  # fmt: skip
    needs, unmet, helps = map(plain.map_needs, (corpus.need_vectors, corpus.unmet_vectors, corpus.help_vectors))
    labels = [row["categories"] for row in (*corpus.needs, *corpus.unmet)]
    labels += [[row["category"], *row["also"]] for row in corpus.cards] + [row["categories"] for row in corpus.helps]
    topics, topic_bias = fit_topics(np.vstack([needs, unmet, plain.map_offers(corpus.card_vectors), helps]), labels)
    answered = np.repeat([0, 1], [len(needs), len(unmet)])
    unusual = LogisticRegression(C=0.3, class_weight="balanced", max_iter=500).fit(np.vstack([needs, unmet]), answered)
    return Model(
        plain.numbers, need_maps, offer_maps, topics, topic_bias,
        unusual.coef_[0].astype(np.float32), float(unusual.intercept_[0]),
    )  # fmt: skip


def fit_blocks(corpus: Corpus, targets: Array) -> tuple[list[Block], list[Array], list[Array]]:
    """The maps of each of the bundled encoders, or of the one that is configured."""
    width = corpus.need_vectors.shape[1]
    parts = [(*BundledEncoder.dimensions[:1], *WHOLE), (*BundledEncoder.dimensions[1:], *BY_WORDS)]
    if encoder().name != BundledEncoder.name:
        parts = [(width, *WHOLE)]
    total = sum(weight for _, _, weight, _ in parts)
    blocks, need_maps, offer_maps, start = [], [], [], 0
    for dimensions, epochs, weight, kept in parts:
        some = slice(start, start + dimensions)
        need_map, offer_map = fit_maps(
            corpus.need_vectors[:, some], corpus.card_vectors[:, some], targets, epochs, min(kept, dimensions), SEED
        )
        blocks.append(Block(dimensions=dimensions, share=weight / total))
        need_maps.append(need_map)
        offer_maps.append(offer_map)
        start += dimensions
    return blocks, need_maps, offer_maps


def rarities(texts: list[str]) -> dict[str, float]:
    """How rare it is that an offer names a thing: the logarithm of its odds."""
    counts = Counter(name for text in texts for name in concepts(text, offered=True).wider)
    return {name: round(log((len(texts) + 1) / (counts[name] + 0.5)), 3) for name in catalogue()}


def fit_topics(vectors: Array, labels: list[list[str]]) -> tuple[Array, Array]:
    """Weights and biases of one softmax over all categories; a row with two counts half for each."""
    chosen = [(index, name, 1 / len(names)) for index, names in enumerate(labels) for name in names]
    fitted = LogisticRegression(C=3, max_iter=500).fit(
        vectors[[index for index, _, _ in chosen]],
        [CATEGORIES.index(name) for _, name, _ in chosen],
        sample_weight=[weight for _, _, weight in chosen],
    )
    weights = np.zeros((vectors.shape[1], len(CATEGORIES)), dtype=np.float32)
    bias = np.full(len(CATEGORIES), NEVER, dtype=np.float32)  # of a category without a row
    weights[:, fitted.classes_], bias[fitted.classes_] = fitted.coef_.T, fitted.intercept_
    return weights, bias


@dataclass(frozen=True)
class Sample:
    """The nearest unseen offers of a need: their features of meaning, and which of them it lists. `has` whether it lists any."""

    features: Array
    listed: NDArray[np.bool_]
    has: bool


def meaning_samples(model: Model, unseen: Corpus) -> list[Sample]:
    """The needs of rows that the model has not seen, each with the nearest of their offers."""
    index = Index(model)
    index.put([offer(row).model_copy(update={"vector": to_bytes(vector)}) for row, vector in zip(
        unseen.cards, unseen.card_vectors, strict=True)])  # fmt: skip
    rarity, samples = index.rarity, []
    vectors = np.vstack([unseen.need_vectors, unseen.unmet_vectors])
    for row, vector in zip([*unseen.needs, *unseen.unmet], vectors, strict=True):
        query = Query.of(Need(id=row["id"], text=row["text"], vector=to_bytes(vector)), model, TODAY)
        features, listed = [], []
        for found, similarity in islice(index.nearest(query.vector), CONSIDERED):
            values = meaning_features(
                query.shares, query.things, found, index.mentioned(found), similarity,
                rarity.overlap(query.stems, stems(found.text)), model,
            )  # fmt: skip
            features.append([values[name] for name in MEANING])
            listed.append(found.id in row["offers"])
        samples.append(Sample(np.array(features, dtype=np.float32), np.array(listed), bool(row["offers"])))
    return samples


def fit_meaning(folds: list[list[Sample]], names: Sequence[str] = MEANING) -> dict[str, Scale]:
    """How the first features of meaning add up to one."""
    values = np.vstack([sample.features[:, : len(names)] for fold in folds for sample in fold])
    listed = np.concatenate([sample.listed for fold in folds for sample in fold])
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    weights = LogisticRegression(max_iter=500).fit((values - mean) / deviation, listed).coef_[0]
    return {
        name: Scale(mean=round(float(m), 5), deviation=round(float(d), 5), weight=round(float(w), 5))
        for name, m, d, w in zip(names, mean, deviation, weights, strict=True)
    }


def held_out(folds: list[list[Sample]], names: Sequence[str] = MEANING) -> str:
    """How often a right offer comes first and among three by meaning, with weights from the other folds."""
    first, three = [], []
    for fold in folds:
        scales = fit_meaning([other for other in folds if other is not fold], names).values()
        weights = np.array([scale.weight / scale.deviation for scale in scales])
        for sample in fold:
            if sample.has:
                best = sample.listed[np.argsort(-sample.features[:, : len(names)] @ weights, kind="stable")]
                first.append(best[:1].any())
                three.append(best[:3].any())
    return f"{np.mean(first):.3f} / {np.mean(three):.3f}"


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
