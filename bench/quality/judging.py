"""What the shipped models make of a folder of labelled messages, by the way that a message really takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import chain, count, zip_longest
from pathlib import Path

import numpy as np
from anlaufstelle_contracts import NeedArticulated

from bench.fit.rows import Row, offer, rows
from services.intake.domain import conversation, language, triage
from services.intake.domain.classifier import LONGEST
from services.intake.domain.conversation import Message
from services.intake.domain.emergency import Emergency, danger
from services.intake.domain.person import Person
from services.intake.domain.redaction import redact
from services.intake.domain.triage import Kind
from services.matching.domain import ranking
from services.matching.domain.decision import Outcome, consider, decide
from services.matching.domain.gap import Gap, choose
from services.matching.domain.index import Index
from services.matching.domain.model import Model, to_bytes, unit
from services.matching.domain.need import Need
from services.matching.domain.ranking import Query
from services.matching.encoder import BundledEncoder

SHIPPED = Path(__file__).parents[2] / "services" / "matching" / "model"


@dataclass
class Judged:
    """One message, and what became of it."""

    row: Row
    kind: str
    """need, offer or chatter: what it was taken for; where a person would be asked back, the most probable one."""
    dropped: bool
    """Surely chatter to the model: nobody would have looked at it."""
    redacted: str
    peril: Emergency | None = None
    categories: set[str] = field(default_factory=set)
    ranked: list[str] = field(default_factory=list)
    """Offers that no fact rules out, best first."""
    referred: list[str] = field(default_factory=list)
    """Offers that the person would have been pointed to at once; empty when a coordinator decides or there is none."""
    gap: str | None = None
    """The theme of unmet needs that it was put to, if it is a need without any right offer."""

    @property
    def is_without_offer(self) -> bool:
        """A need that no offer of the folder answers."""
        return self.row["kind"] == "need" and not self.row["relevant_offers"]


@dataclass
class Folder:
    """Labelled messages and the directory that they meet, on a day."""

    offers: dict[str, Row]
    messages: list[Row]
    today: date

    @classmethod
    def read(cls, folder: Path, today: date) -> "Folder":
        """Raises FileNotFoundError, json.JSONDecodeError, and KeyError for rows that lack what the development set has."""
        found = {row["id"]: row for row in rows(folder / "offers.jsonl")}
        return cls(found, rows(folder / "needs.jsonl"), today)


async def judge(folder: Folder) -> list[Judged]:
    """Put every message to the shipped models. Nothing is fitted."""
    encoder, model = BundledEncoder(), Model.load(SHIPPED)
    index = Index(model)
    known = [offer(row) for row in folder.offers.values()]
    vectors = await encoder.passages([one.text for one in known])
    index.put([
        one.model_copy(update={"vector": to_bytes(vector), "encoder": encoder.name})
        for one, vector in zip(known, vectors, strict=True)
    ])  # fmt: skip
    language.warm_up()
    texts = [redact(row["text"]) for row in folder.messages]
    vectors = await encoder.queries([text[:LONGEST] for text in texts])
    vectors = unit(vectors[:, : encoder.dimensions[0]])  # intake reads by the first of the two encoders alone
    judged = [
        _taken(row, text, found := triage.model().triage(text, vector), danger(text, vector, found))
        for row, text, vector in zip(folder.messages, texts, vectors, strict=True)
    ]
    asked = [(one, event) for one in judged if one.row["kind"] == "need" for event in _articulated(one)]
    vectors = await encoder.queries([event.text for _, event in asked])
    now = datetime.combine(folder.today, time(12), UTC)
    needs: dict[str, list[Need]] = {}
    for (one, event), vector in zip(asked, vectors, strict=True):
        need = Need.articulated(event, now, "").model_copy(update={"vector": to_bytes(vector), "encoder": encoder.name})
        needs.setdefault(one.row["id"], []).append(need)
    for one in judged:
        if one.row["kind"] == "need":
            _match(one, needs[one.row["id"]], index, model, folder.today)
    _gather([(one, needs[one.row["id"]][0]) for one in judged if one.is_without_offer], model, now)
    return judged


def _taken(row: Row, text: str, found: triage.Triage, peril: Emergency | None) -> Judged:
    """What intake makes of a text by itself."""
    kind = found.kind if found.kind in triage.CLASSES else triage.CLASSES[int(np.argmax(found.probabilities))]
    if peril:
        kind = Kind.NEED
    return Judged(row, str(kind), found.kind is Kind.CHATTER and kind is Kind.CHATTER, text, peril)


def _articulated(one: Judged) -> list[NeedArticulated]:
    """The events of a need, by the turn of a conversation that a first message takes."""
    numbers = count()
    person = Person(
        id="person", address_id="address", channel="console", language=language.detect(one.row["text"], language.DEFAULT)
    )
    message = Message(Kind.NEED, "console", person.language, one.redacted, danger=one.peril)
    turn = conversation.take(person, message, lambda: f"{one.row['id']}-{next(numbers)}")
    return [event for event in turn.events if isinstance(event, NeedArticulated)]


def _match(one: Judged, needs: Sequence[Need], index: Index, model: Model, today: date) -> None:
    """Rank and decide each of the needs of a message; what they lead to is named in turns."""
    decisions = [decide(need, index, model, today) for need in needs]
    one.categories = set(chain.from_iterable(decision.categories for decision in decisions))
    one.ranked = _in_turns([_ranking(need, index, model, today) for need in needs])
    if not one.peril:  # people answer those
        sure = [decision.offers for decision in decisions if decision.outcome is Outcome.REFER]
        one.referred = _in_turns([[offer.offer_id for offer in offers] for offers in sure])


def _ranking(need: Need, index: Index, model: Model, today: date) -> list[str]:
    query = Query.of(need, model, today)
    found = consider(query, index)
    admitted = {offer.id for offer, _, fact in found if fact is None}
    ranked = ranking.rank(query, [(offer, similarity) for offer, similarity, _ in found], index, model)
    return [candidate.offer.id for candidate in ranked if candidate.offer.id in admitted]


def _in_turns(lists: Sequence[Sequence[str]]) -> list[str]:
    """The first of each, then the second of each, and so on; each name once."""
    return list(dict.fromkeys(name for names in zip_longest(*lists) for name in names if name is not None))


def _gather(unmet: Sequence[tuple[Judged, Need]], model: Model, now: datetime) -> None:
    """Put needs without any right offer to themes, in their order."""
    gaps: dict[str, Gap] = {}
    for one, need in unmet:
        gap = choose(need, list(gaps.values()), model) or Gap.opened(need, now)
        gaps[gap.id] = gap.joined(need, now)
        one.gap = gap.id
