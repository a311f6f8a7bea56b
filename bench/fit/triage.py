"""Fits what intake reads by: `python -m bench.fit.triage`. Writes services/intake/model/{triage,danger}.npz and their card.

Triage (need, offer, chatter) learns from data/corpus, from plain sentences (plain.yaml: the corpus is written by people who take
a detour) and from hard ones (hard.yaml: against types of errors). Danger learns from data/emergencies and from everything above
that is none. Weights and thresholds were chosen by cross-validation; on the development set nothing is fitted, but variants were
compared by it. Takes some minutes, most of it for embeddings, which are kept.
"""

import json
import random
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from services.intake.domain import emergency as emergencies
from services.intake.domain import triage
from services.intake.domain.classifier import BUCKETS, features
from services.intake.domain.emergency import emergency
from services.intake.domain.redaction import redact
from services.intake.domain.triage import CLASSES, MODEL, Kind

from .rows import CORPUS, DEVSET, ROOT, Row, embed_for_intake, rows
from .triage_card import held_back, write_card

HERE = Path(__file__).parent
EMERGENCIES = ROOT / "data" / "emergencies" / "emergencies.jsonl"
HELD_BACK = ROOT / "data" / "emergencies" / "held_back.jsonl"
EVERYDAY = ROOT / "data" / "everyday" / "everyday.jsonl"
NEEDS = ROOT / "data" / "everyday" / "needs.jsonl"
TODAY = date(2026, 11, 22)
REGULARISATION = 10.0
FOLDS, SEED = 5, 7
DENSE_WEIGHT, DANGER_DENSE_WEIGHT = 1.2, 2.0
"""What the embedding weighs beside the pieces of words."""
PLAIN_EACH, PLAIN_WEIGHT, HARD_WEIGHT, EVERYDAY_WEIGHT = 150, 0.15, 2.0, 1.0
"""Plain sentences a language and kind; and what a plain, a hard and an everyday sentence weighs beside a row of the corpus."""
CLASS_WEIGHT = 0.5
"""How far rare classes are lifted: 0 not at all, 1 until each weighs the same. In between, needs are lost less often."""
NEEDS_DROPPED, NEEDS_AS_OFFERS, SURE_OF_A_NEED = 0.0075, 0.0025, 0.5
"""What the thresholds may cost on the corpus: shares of needs let go as chatter, and taken for offers."""
DANGER_WEIGHT = 10.0
"""What a row about danger, or near it, weighs beside the thousands that are far from it."""
ORDINARY_WEIGHT = 2.0
"""And what a hard or an everyday sentence weighs there."""
DANGER_FROM, DANGER_IN_CHATTER_FROM, DANGER_IN_PUBLIC_FROM = 0.07, 0.2, 0.4
"""Above this chance of danger somebody is alerted: low, because a miss is worse than a false alarm, but higher for what is surely
small talk, and in groups, where most is, and of a few words: who is alerted by every «ну все, я побігла» soon looks no more."""

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Fitted = Callable[[Labels], LogisticRegression]


def main() -> None:
    """Fit both models, write them, and write the card."""
    texts, labels = corpus()
    added = [plain(), hard(), everyday()]
    mean = vectors(texts).mean(axis=0)
    measured: dict[str, object] = {"rows": np.bincount(labels).tolist(), "added": [len(more) for more, _ in added]}
    measured |= fit_triage(texts, labels, added, mean)
    measured |= fit_danger(texts, [some for some, _ in added], mean)
    measured |= held_back(rows(NEEDS), rows(HELD_BACK), TODAY)
    write_card(rows(DEVSET / "needs.jsonl"), rows(EMERGENCIES), rows(EVERYDAY), corpus_rows(), measured, TODAY)


def corpus_rows() -> list[Row]:
    """All messages of the corpus."""
    return [row for name in ("needs", "unmet", "other") for row in rows(CORPUS / f"{name}.jsonl")]


def are_quiet() -> Labels:
    """The places of corpus rows that tell of no danger: those that may, and of which no phrase says so, are left out."""
    may = {"safety_emergency", "mental_health", "health"}
    return np.array([
        index
        for index, row in enumerate(corpus_rows())
        if row.get("urgency") != "now" or not may & set(row["categories"]) or emergency(str(row["text"]))
    ])  # fmt: skip


def corpus() -> tuple[list[str], Labels]:
    """Texts and classes to learn from."""
    found = corpus_rows()
    return [redact(str(row["text"])) for row in found], np.array([CLASSES.index(row.get("kind", "need")) for row in found])


def plain() -> tuple[list[str], Labels]:
    """Plain sentences, drawn at random from frames; bare names of things count as needs."""
    draw = random.Random(SEED)
    found: list[tuple[str, str]] = []
    for language in yaml.safe_load((HERE / "plain.yaml").read_text(encoding="utf-8")).values():
        for kind in CLASSES:
            frames = language[kind]
            found += [(sentence, kind) for sentence in frames["sentences"] for _ in range(3)]
            for _ in range(PLAIN_EACH if kind != "chatter" else PLAIN_EACH // 5):
                filling = draw.choice([name for name in ("things", "things", "services") if name in frames])
                sentence = draw.choice(frames[filling]).format(draw.choice(language[filling]))
                body, question = (sentence[:-1], "?") if sentence.endswith("?") else (sentence, "")
                found.append((f"{draw.choice(language['starts'])}{body}{draw.choice(language['ends'])}{question}", kind))
        found += [(thing, "need") for thing in language["things"]]
    return [text for text, _ in found], np.array([CLASSES.index(kind) for _, kind in found])


def hard() -> tuple[list[str], Labels]:
    """Messages of the kinds that were mistaken."""
    kinds = yaml.safe_load((HERE / "hard.yaml").read_text(encoding="utf-8"))
    found = [(text, kind) for kind, types in kinds.items() for texts in types.values() for text in texts]
    return [text for text, _ in found], np.array([CLASSES.index(kind) for _, kind in found])


def everyday() -> tuple[list[str], Labels]:
    """What people write all day."""
    languages = yaml.safe_load((HERE / "everyday.yaml").read_text(encoding="utf-8"))
    found = [text for texts in languages.values() for text in texts]
    return found, np.full(len(found), CLASSES.index(Kind.CHATTER))


def fit_triage(texts: list[str], labels: Labels, added: Sequence[tuple[list[str], Labels]], mean: Array) -> dict[str, object]:
    """Fit need, offer, chatter; choose thresholds out of fold; write."""
    x = matrix(texts, mean, DENSE_WEIGHT)
    more = [matrix(some, mean, DENSE_WEIGHT) for some, _ in added]
    shares = np.bincount(labels) / len(labels)
    lifted = (1 / len(CLASSES) / shares) ** CLASS_WEIGHT

    def fitted(chosen: Labels) -> LogisticRegression:
        every = np.concatenate([labels[chosen], *(some for _, some in added)])
        weights = [lifted[labels[chosen]], np.full(len(added[0][1]), PLAIN_WEIGHT), HARD_WEIGHT * lifted[added[1][1]],
                   np.full(len(added[2][1]), EVERYDAY_WEIGHT)]  # fmt: skip
        return fit(vstack([x[chosen], *more]).tocsr(), every, np.concatenate(weights))

    unseen = out_of_fold(x, labels, fitted)
    write(MODEL, fitted(np.arange(len(labels))), mean, DENSE_WEIGHT, list(choose(unseen, labels)))
    return {"triage_cv": f1_score(labels, unseen.argmax(axis=1), average="macro")}


def fit_danger(texts: list[str], added: Sequence[list[str]], mean: Array) -> dict[str, object]:
    """Fit the kinds of danger against all that is none; measure out of fold; write."""
    listed = rows(EMERGENCIES)
    known, quiet = [redact(row["text"]) for row in listed], are_quiet()
    kinds = [row["kind"] or emergencies.NONE for row in listed]
    kinds += [emergency(text) or emergencies.NONE for some in ([texts[index] for index in quiet], *added) for text in some]
    labels = np.array([emergencies.CLASSES.index(kind) for kind in kinds])
    sizes = [len(listed), len(quiet), *(len(some) for some in added)]
    weights = np.where(labels > 0, DANGER_WEIGHT, np.repeat([DANGER_WEIGHT, 1.0, 1.0, ORDINARY_WEIGHT, ORDINARY_WEIGHT], sizes))
    found = [matrix(some, mean, DANGER_DENSE_WEIGHT) for some in (known, texts, *added)]
    x = vstack([found[0], found[1][quiet], *found[2:]]).tocsr()

    def fitted(chosen: Labels) -> LogisticRegression:
        return fit(x[chosen], labels[chosen], weights[chosen])

    unseen = 1 - out_of_fold(x, labels, fitted)[: len(listed), 0]
    taken = [triage.model().triage(text, vector).kind for text, vector in zip(known, vectors(known), strict=True)]
    thresholds = [DANGER_FROM, DANGER_IN_CHATTER_FROM, DANGER_IN_PUBLIC_FROM]
    alarmed = unseen >= [emergencies.least(text, kind, thresholds) for text, kind in zip(known, taken, strict=True)]
    write(emergencies.MODEL, fitted(np.arange(len(labels))), mean, DANGER_DENSE_WEIGHT, thresholds)
    dangerous = labels[: len(listed)] > 0
    return {
        "danger_rows": [int(dangerous.sum()), int((~dangerous).sum())],
        "danger_recall_cv": float(alarmed[dangerous].mean()),
        "danger_alarms_cv": float(alarmed[~dangerous].mean()),
        "danger_in_public_cv": float((unseen >= DANGER_IN_PUBLIC_FROM)[dangerous].mean()),
    }


def vectors(texts: list[str]) -> Array:
    """Sentence embeddings of texts as they are asked for."""
    return np.asarray(embed_for_intake(texts), dtype=np.float64)


def matrix(texts: list[str], mean: Array, dense_weight: float) -> csr_matrix:
    """Hashed pieces, each row of length one, beside the centred embedding."""
    buckets = [features(text) for text in texts]
    values = [np.full(len(row), 1 / np.sqrt(max(1, len(row)))) for row in buckets]
    ends = np.cumsum([0, *map(len, buckets)])
    hashed = csr_matrix((np.concatenate(values), np.concatenate(buckets), ends), shape=(len(texts), BUCKETS))
    return hstack([hashed, csr_matrix((vectors(texts) - mean) * dense_weight)]).tocsr()


def fit(x: csr_matrix, labels: Labels, weights: Array) -> LogisticRegression:
    """A logistic regression of weighted rows."""
    return LogisticRegression(C=REGULARISATION, max_iter=500).fit(x, labels, sample_weight=weights)


def out_of_fold(x: csr_matrix, labels: Labels, fitted: Fitted) -> Array:
    """Probabilities for each row by a model that has not seen it."""
    probabilities = np.zeros((len(labels), labels.max() + 1))
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(x, labels):
        probabilities[unseen] = fitted(seen).predict_proba(x[unseen])
    return probabilities


def choose(probabilities: Array, labels: Labels) -> tuple[float, float, float]:
    """The lowest thresholds for need, offer and chatter that cost no more than they may."""
    needs = probabilities[labels == 0]
    offer = float(np.quantile(needs[:, 1], 1 - NEEDS_AS_OFFERS))
    chatter = float(np.quantile(needs[:, 2], 1 - NEEDS_DROPPED))
    return SURE_OF_A_NEED, offer, chatter


def write(path: Path, model: LogisticRegression, mean: Array, dense_weight: float, thresholds: list[float]) -> None:
    """The coefficients as the service reads them."""
    weights = model.coef_.T
    np.savez_compressed(
        path,
        hashed=weights[:BUCKETS].astype(np.float16),
        dense=(weights[BUCKETS:] * dense_weight).astype(np.float32),
        mean=mean.astype(np.float32),
        bias=model.intercept_.astype(np.float32),
        thresholds=np.array(thresholds, dtype=np.float32),
    )


if __name__ == "__main__":
    main()
    print(json.dumps({"written": [str(MODEL.name), str(emergencies.MODEL.name), "README.md"]}), file=sys.stderr)
