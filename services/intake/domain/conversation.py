"""One turn of a conversation: what a message means where the talk stands, what follows from it, and what is replied.

Free text first and no forms; a person is asked back at most once for what they wrote, and a text that stays unclear after
that is taken for a need: better a coordinator sees it in vain than nobody sees it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from anlaufstelle_contracts import (
    Answer,
    Choice,
    Event,
    NeedArticulated,
    NeedWithdrawn,
    OfferRetracted,
    PersonErased,
    ProjectApplied,
    ReferralAnswered,
)

from . import articulating
from .articulating import Saying
from .emergency import Emergency
from .gazetteer import place
from .language import known_language
from .person import Conversation, Person
from .phrases import GIVEN_AWAY, IDEA, MEANT, WITHDRAWAL, plain
from .replies import ANY_DISTRICT_CHOICE, ERASE_CHOICE, LANGUAGE_CHOICE, NEED_CHOICE, OFFER_CHOICE, Reply, Sentence
from .triage import Kind

SHORT = 6
"""Words of a text that does no more than to name a district."""
BRIEF = 8
"""Words of a text that does no more than to say that an offer is gone, or to ask for a person."""

PLEASE = {
    "need": (Kind.NEED, Reply.NEED_PLEASE), "offer": (Kind.OFFER, Reply.OFFER_PLEASE), "idea": (Kind.IDEA, Reply.IDEA_PLEASE),
}  # fmt: skip
"""Commands that say what a text is: the text after them, or the next one."""
SAID_AT_ONCE = {
    "about": Reply.ABOUT, "start": Reply.GREETING, "delete": Reply.ERASE_REALLY, "privacy": Reply.PRIVACY, "status": Reply.STATUS,
}  # fmt: skip
IN_DANGER = {
    Emergency.LIFE: Reply.EMERGENCY_LIFE, Emergency.VIOLENCE: Reply.EMERGENCY_VIOLENCE, Emergency.CHILD: Reply.EMERGENCY_CHILD,
    Emergency.SELF_HARM: Reply.EMERGENCY_SELF_HARM,
}  # fmt: skip

_COMMAND = re.compile(r"^/(?P<command>[a-z_]{1,32})(?:@\w+)?(?:\s+(?P<argument>.*))?$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Message:
    """What somebody said, redacted and understood as far as it can be without knowing what was said before."""

    kind: Kind
    channel: str
    language: str
    """The language of this person as far as it is known with this message."""
    text: str = ""
    words_id: str | None = None
    """The original words, when there are any."""
    danger: Emergency | None = None
    choice: Choice | None = None
    choice_need_id: str | None = None
    district: str | None = None
    """Of a location that was sent: where it is; None when that is too far away."""
    offer_id: str | None = None
    """The offer whose words these take the place of."""
    open_needs: Sequence[str] = ()
    """The needs that nobody closed, when they are to be."""


@dataclass
class Turn:
    """What a message led to."""

    kind: Kind
    about: str | None = None
    """The need, offer or project that it is about now; of two needs, the last."""
    also_about: list[str] = field(default_factory=list)
    """The needs before the last."""
    need_id: str | None = None
    events: list[Event] = field(default_factory=list)
    replies: list[Sentence] = field(default_factory=list)
    farewell: Sentence | None = None
    """Said although the person is not to be written to from now on."""
    erases: bool = False
    keeps: list[str] = field(default_factory=list)
    """Ids of original words that belong to `about`."""

    def say(self, reply: Reply, need_id: str | None = None, **values: str) -> None:
        """Reply with a sentence."""
        self.replies.append(Sentence(reply, need_id, values))


def command(text: str) -> tuple[str, str] | None:
    """The command (in lower case, without slash) and its argument, when a text is one."""
    match = _COMMAND.match(text.strip())
    return (match["command"].lower(), (match["argument"] or "").strip()) if match else None


def meant(text: str) -> str | None:
    """The command that a text means when it does no more than to ask for a person, for who answers here, or for what is kept."""
    words = plain(text)
    return next((name for name, asks in MEANT.items() if len(words.split()) <= BRIEF and asks.search(words)), None)


def idea(text: str) -> str | None:
    """The idea, when a text says that it is one."""
    match = IDEA.match(text.strip())
    return match["idea"].strip() if match else None


def takes_back(text: str) -> bool:
    """Whether a text says that something is not needed any more."""
    return WITHDRAWAL.search(plain(text)) is not None


def gives_away(text: str, kind: Kind) -> bool:
    """Whether a text does no more than to say that something is not to be had any more."""
    is_talk = kind in (Kind.CHATTER, Kind.UNCLEAR) and len(text.split()) <= BRIEF
    return is_talk and GIVEN_AWAY.search(plain(text)) is not None


def retract_offer(person: Person, offer_id: str) -> list[Event]:
    """Take an offer of a person back."""
    if person.conversation.offer_id == offer_id:
        person.conversation.offer_id = None
    return [OfferRetracted(offer_id=offer_id, person_id=person.id)]


def retract(person: Person, need_ids: Sequence[str]) -> list[Event]:
    """Take needs of a person back."""
    if person.conversation.need_id in need_ids:
        person.conversation.need_id, person.conversation.located = None, []
    return [NeedWithdrawn(need_id=each, person_id=person.id) for each in need_ids if each in person.need_ids]


def take(person: Person, message: Message, new_id: Callable[[], str]) -> Turn:
    """Take one turn; changes the person's conversation."""
    return _Taking(person, message, new_id).turn()


class _Taking:
    def __init__(self, person: Person, message: Message, new_id: Callable[[], str]) -> None:
        self.person, self.message, self.new_id = person, message, new_id
        self.talk: Conversation = person.conversation

    def turn(self) -> Turn:
        """Find out what the message is here, and do it."""
        self.person.stopped = False
        if self.message.kind is Kind.COMMAND:
            return self._command()
        if self.message.kind is Kind.CHOICE:  # a button that is not this person's, or of a message that is gone, means nothing
            return self._choice(self.message.choice) if self.message.choice else Turn(Kind.CHOICE)
        if self.message.danger:
            return self._emergency(self.message.danger)
        if self.message.kind is Kind.LOCATION:
            return self._located(self.message.district) if self.message.district else self._reply(Reply.TOO_FAR)
        if self.message.kind in (Kind.MEDIA, Kind.TOO_LONG):
            return self._reply(Reply.WORDS_PLEASE if self.message.kind is Kind.MEDIA else Reply.SHORTER)
        return self._text()

    # --- free text ---

    def _text(self) -> Turn:
        expected, self.talk.expects = self.talk.expects, None
        if expected is Kind.IDEA or self.message.kind is Kind.IDEA:
            return self._idea(self.message.text)
        if named := self._named_district():
            return self._located(named)
        if self.talk.offer_id and gives_away(self.message.text, self.message.kind):
            return self._taken_back(Reply.OFFER_RETRACTED, retract_offer(self.person, self.talk.offer_id))
        if self.talk.need_id and takes_back(self.message.text) and self.message.kind is not Kind.OFFER:
            return self._taken_back(Reply.WITHDRAWN, retract(self.person, [self.talk.need_id]))
        kind = expected or self.message.kind
        if kind is Kind.OFFER:
            return self._offer()
        if kind is Kind.CHATTER:
            return self._chatter()
        if kind is Kind.UNCLEAR and self.talk.pending is None:
            return self._ask_back()
        return self._need()

    def _named_district(self) -> str | None:
        """The district, when that was asked for and a text does no more than to name it."""
        is_asked = self.talk.awaits_district and self.talk.located and len(self.message.text.split()) <= SHORT
        return place(self.message.text) if is_asked else None

    def _need(self, emergency: bool = False, review: bool = False) -> Turn:
        text, words = self._with_pending()
        needs = articulating.needs(self._said(text, review), self.new_id, emergency=emergency)
        turn = Turn(Kind.EMERGENCY if emergency else Kind.NEED, keeps=words)
        self._ask(needs, turn)
        self.talk.located_words = words
        self.talk.hinted, self.talk.shown = False, None  # a bare number no longer means what was shown before
        return turn

    def _ask(self, needs: list[NeedArticulated], turn: Turn) -> None:
        """Let needs be what is talked of now."""
        turn.events += needs
        *turn.also_about, turn.need_id = (need.need_id for need in needs)
        self.talk.need_id, self.talk.offer_id = turn.need_id, None
        turn.about = turn.need_id
        self.talk.need_ids += [*turn.also_about, turn.need_id]
        self.talk.located = [need for need in needs if need.district is None and not need.emergency]
        self.talk.awaits_district = False

    def _said(self, text: str, review: bool = False) -> Saying:
        return Saying(self.person.id, self.message.channel, self.message.language, text, self.talk.district, review=review)

    def _located(self, where: str) -> Turn:
        """The district where they live: what was asked for without one is asked for anew, and what comes later has it."""
        self.talk.district = where
        old, self.talk.located = self.talk.located, []
        if self.talk.need_id not in {need.need_id for need in old}:
            turn = Turn(self.message.kind)
            turn.say(Reply.DISTRICT_NOTED, district=where)
            return turn
        turn = Turn(Kind.LOCATION, keeps=self.talk.located_words)
        turn.events += [NeedWithdrawn(need_id=need.need_id, person_id=self.person.id) for need in old]
        self._ask([need.model_copy(update={"need_id": self.new_id(), "district": where}) for need in old], turn)
        turn.say(Reply.DISTRICT_TAKEN, turn.need_id, district=where)
        return turn

    def _emergency(self, danger: Emergency) -> Turn:
        turn = self._need(emergency=True)
        turn.say(IN_DANGER[danger], turn.need_id)
        return turn

    def _offer(self) -> Turn:
        text, words = self._with_pending()
        offer = articulating.offer(self._said(text), self.message.offer_id or self.new_id())
        turn = Turn(Kind.OFFER, about=offer.offer_id, keeps=words, events=[offer])
        self.talk.hinted, self.talk.offer_id = False, offer.offer_id
        turn.say(Reply.THANKS_FOR_OFFER)
        return turn

    def _idea(self, text: str) -> Turn:
        project_id = self.new_id()
        turn = Turn(Kind.IDEA, about=project_id, keeps=[self.message.words_id] if self.message.words_id else [])
        turn.events.append(
            ProjectApplied(project_id=project_id, person_id=self.person.id, text=text, language=self.message.language)
        )
        return turn

    def _chatter(self) -> Turn:
        turn = Turn(Kind.CHATTER)
        self._forget_pending()
        if not self.talk.hinted:
            turn.say(Reply.HINT)
        self.talk.hinted = True
        return turn

    def _ask_back(self) -> Turn:
        turn = Turn(Kind.UNCLEAR, keeps=[self.message.words_id] if self.message.words_id else [])
        self.talk.pending, self.talk.pending_words_id = self.message.text, self.message.words_id
        turn.say(Reply.ASK_BACK)
        return turn

    def _taken_back(self, reply: Reply, events: list[Event]) -> Turn:
        self._forget_pending()
        turn = Turn(Kind.WITHDRAWAL, events=events)
        turn.say(reply)
        return turn

    def _with_pending(self) -> tuple[str, list[str]]:
        """The text together with what was asked about before, and the original words of both."""
        parts = [part for part in (self.talk.pending, self.message.text) if part]
        words = [words for words in (self.talk.pending_words_id, self.message.words_id) if words]
        self._forget_pending()
        return "\n".join(parts), words

    def _forget_pending(self) -> None:
        self.talk.pending = self.talk.pending_words_id = None

    # --- choices ---

    def _choice(self, choice: Choice) -> Turn:
        if choice.value in (NEED_CHOICE, OFFER_CHOICE) and self.talk.pending is not None:
            return self._need() if choice.value == NEED_CHOICE else self._offer()
        if choice.value == ANY_DISTRICT_CHOICE:
            self.talk.awaits_district, self.talk.located = False, []
            return self._reply(Reply.ALL_RIGHT)
        if choice.value.startswith(LANGUAGE_CHOICE):
            return self._set_language(choice.value.removeprefix(LANGUAGE_CHOICE))
        if choice.value == ERASE_CHOICE:
            return self._erase()
        if choice.value in {answer.value for answer in Answer} and self.message.choice_need_id:
            return self._answer(choice.value, self.message.choice_need_id)
        self._forget_pending()
        turn = Turn(Kind.CHOICE)
        turn.say(Reply.NOT_ERASED if choice.value.startswith("erase.") else Reply.HINT)
        return turn

    def _answer(self, answer: str, need_id: str) -> Turn:
        turn = Turn(Kind.CHOICE, need_id=need_id)
        turn.events.append(ReferralAnswered(need_id=need_id, person_id=self.person.id, answer=answer))
        return turn

    # --- commands ---

    def _command(self) -> Turn:
        name, argument = command(self.message.text) or ("help", "")
        if name == "language":
            return self._set_language(argument) if known_language(argument) else self._reply(Reply.WHICH_LANGUAGE)
        if name in PLEASE:  # with a text after it, it was taken for that
            self.talk.expects, reply = PLEASE[name]
            return self._reply(reply)
        if name == "human":  # about what they asked for, or else a coordinator sees that they want one
            return self._answer(Answer.HUMAN, self.talk.need_id) if self.talk.need_id else self._need(review=True)
        if name == "stop":
            self._forget_pending()
            self.person.stopped = True
            events = retract(self.person, self.message.open_needs)
            return Turn(Kind.COMMAND, farewell=Sentence(Reply.STOPPED), events=events)
        return self._reply(SAID_AT_ONCE.get(name, Reply.HELP))

    def _set_language(self, wanted: str) -> Turn:
        self.person.chosen_language = self.person.language = known_language(wanted) or self.person.language
        return self._reply(Reply.LANGUAGE_SET)

    def _erase(self) -> Turn:
        known_as = {self.person.id: self.talk.need_ids, **self.person.aliases}
        erased: list[Event] = [PersonErased(person_id=person_id, need_ids=needs) for person_id, needs in known_as.items()]
        return Turn(Kind.CHOICE, farewell=Sentence(Reply.ERASED), erases=True, events=erased)

    def _reply(self, reply: Reply, need_id: str | None = None) -> Turn:
        turn = Turn(self.message.kind, need_id=need_id)
        turn.say(reply, need_id)
        return turn
