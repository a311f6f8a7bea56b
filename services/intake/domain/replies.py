"""What intake itself says. Answers to needs are notify's; these are the sentences that keep a conversation going."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from anlaufstelle_contracts import Choice


class Catalogue(Protocol):
    """The translations of one language, as gettext has them."""

    def gettext(self, message: str) -> str: ...


def _(message: str) -> str:
    return message


class Reply(StrEnum):
    """The sentences."""

    GREETING = _(
        "Hello! Write here in your own words what you need, or what you can offer to others, for example: “I am looking for a "
        "German course for my mother, she is 62, we live in Grünau”. We will look for help that exists and answer here.\n\n"
        "Please do not write names, phone numbers or addresses. All commands: /help"
    )
    HELP = _(
        "Write in one or two sentences what you need or what you offer; no form, no registration.\n\n"
        "/need – ask for help\n"
        "/offer – offer help\n"
        "/idea – propose a project\n"
        "/status – what became of your requests\n"
        "/human – talk to a person from our team\n"
        "/link – write to us in another app or by e-mail as well\n"
        "/language – change the language\n"
        "/privacy – what happens with your data\n"
        "/stop – no more messages from us\n"
        "/delete – delete everything we keep about you\n\n"
        "If you are in danger: police 110, ambulance and fire brigade 112."
    )
    HINT = _("Thank you for your message! If you need help or want to offer it, just write it here in your own words.")
    ABOUT = _(
        "This is a program: it reads your words and looks for help that exists. What it cannot answer, people from our team "
        "read. To talk to a person, write /human."
    )
    ASK_BACK = _("We would like to understand you correctly: do you need help, or do you offer it?")
    THANKS_FOR_OFFER = _(
        "Thank you for your offer! Somebody from our team will look at it; after that we will show it to people it can help."
    )
    WITHDRAWN = _("All right, we have closed your request. Should you need something else, just write here.")
    OFFER_RETRACTED = _("All right, we will not show your offer any more. Thank you for offering it!")
    IDEA_PLEASE = _("Tell us your idea: what should exist, for whom, and what would it take? A few sentences are enough.")
    WORDS_PLEASE = _("Unfortunately we cannot open photos, voice messages or files. Please write in words what it is about.")
    SHORTER = _("Your message is too long for us. Please write the most important things in a few sentences.")
    NEED_PLEASE = _("What do you need? Write it in one or two sentences.")
    OFFER_PLEASE = _("What do you offer? Write it in one or two sentences.")
    STATUS = _("Your open requests:")
    NO_REQUEST = _("You have no open requests. Write here what you need.")
    PRIVACY = _(
        "We keep your words encrypted, and our helpers see them without your name and contact details. Nobody gets your address "
        "or number. With /delete we delete everything we keep about you at once; only e-mails may stay in our mailbox for "
        "some time longer."
    )
    WHICH_LANGUAGE = _("In which language shall we write to you?")
    LANGUAGE_SET = _("All right, from now on we write to you in English.")
    ERASE_REALLY = _("Shall we delete everything we keep about you: your messages, your requests and how to reach you?")
    ERASED = _("We have deleted everything we kept about you. You can write here again at any time.")
    NOT_ERASED = _("All right, nothing has been deleted.")
    ALL_RIGHT = _("All right.")
    DISTRICT_NOTED = _("Thank you, we have noted where you live: {district}.")
    DISTRICT_TAKEN = _("Thank you! We are looking once more, now near {district}.")
    TOO_FAR = _("Unfortunately that place is too far away from Leipzig for us. Please write in words where you live.")
    LINK_CODE = _(
        "Within 15 minutes, write to us in the other app or by e-mail: /link {code}\n"
        "After that both belong together: we answer where you wrote last."
    )
    LINKED = _("Done: what you write here and there belongs together now.")
    LINK_UNKNOWN = _("We do not know this code, or it has expired. To get a new one, write /link where you got this one.")
    LINK_OTHER_WAY = _(
        "For your safety we do not take a code here: somebody else could write under your address. Please go the other way "
        "round: write just /link here, and we will send you another code. Send that one to us from the other app."
    )
    SLOW_DOWN = _("You are writing faster than we can read. Please wait a minute and then write what matters most.")
    STOPPED = _("All right, we will not write to you any more. If you need something, just write here again.")
    EMERGENCY_LIFE = _(
        "If somebody’s life is in danger, please call 112 at once (ambulance and fire brigade; free of charge, from any phone, "
        "around the clock). Say where you are and what has happened. Police: 110.\n\n"
        "We are also alerting a person from our team. Please do not wait for us."
    )
    EMERGENCY_VIOLENCE = _(
        "If you are in danger, please call 110 at once (police; free of charge, from any phone). If somebody is injured: 112.\n"
        "Help for women, anonymous and in many languages, around the clock: 116 016.\n\n"
        "We are also alerting a person from our team. Please do not wait for us."
    )
    EMERGENCY_CHILD = _(
        "Please call 110 at once (police; free of charge, from any phone) and say where and when you last saw the child and what "
        "the child is wearing. If somebody is injured: 112.\n\n"
        "We are also alerting a person from our team. Please do not wait for us."
    )
    EMERGENCY_SELF_HARM = _(
        "You are not alone. Please talk to somebody now: 0800 111 0 111 (crisis line, free of charge, anonymous, around the "
        "clock). If there is danger to life, call 112.\n\n"
        "We are also alerting a person from our team. Please do not wait for us."
    )


class Line(StrEnum):
    """What is said in a group: one line, and nothing personal."""

    ANSWER = _("There is an answer for you. Write to me in private, so that nothing personal is discussed here: {link}")
    LIFE = _("If somebody’s life is in danger, please call 112 at once (free of charge). Write to me in private: {link}")
    POLICE = _("If you are in danger, please call the police at once: 110 (free of charge). Write to me in private: {link}")
    SELF_HARM = _(
        "You are not alone: 0800 111 0 111 (free of charge, anonymous, around the clock); if there is danger to life, 112. "
        "Write to me in private: {link}"
    )
    MODE_LISTEN = _("All right: I only listen here and answer nobody.")
    MODE_SUGGEST = _("All right: before I answer anybody here, a coordinator looks at the answer first.")
    MODE_ANSWER = _("All right: I answer what people here ask for, in private.")
    TOPIC = _("All right: this topic is about “{category}”.")
    NOT_UNDERSTOOD = _(
        "Commands I know: /mode listen, /mode suggest, /mode answer; and in a topic /topic with the name of a category."
    )


class Progress(StrEnum):
    """What became of a request, for /status."""

    OPEN = _("we are looking for help")
    NAMED = _("we have told you where you may find help")
    UNMET = _("nothing suitable yet; as soon as there is something, we will write to you")
    REVIEW = _("a person from our team is looking at it")


DISTRICT_PLEASE = _("In which district do you live? Then we can look near you.")


class Button(StrEnum):
    """The labels of choices."""

    NEED = _("I need help")
    OFFER = _("I offer help")
    NEITHER = _("Neither")
    YES_DELETE = _("Yes, delete everything")
    NO = _("No")
    ANY_DISTRICT = _("It does not matter")


NEED_CHOICE, OFFER_CHOICE, NEITHER_CHOICE = "kind.need", "kind.offer", "kind.neither"
ERASE_CHOICE, KEEP_CHOICE = "erase.yes", "erase.no"
ANY_DISTRICT_CHOICE = "district.any"
LANGUAGE_CHOICE = "language."
LANGUAGE_NAMES = {"uk": "Українська", "ru": "Русский", "de": "Deutsch", "en": "English"}

_CHOICES: dict[Reply, tuple[tuple[str, Button], ...]] = {
    Reply.ASK_BACK: ((NEED_CHOICE, Button.NEED), (OFFER_CHOICE, Button.OFFER), (NEITHER_CHOICE, Button.NEITHER)),
    Reply.ERASE_REALLY: ((ERASE_CHOICE, Button.YES_DELETE), (KEEP_CHOICE, Button.NO)),
}


@dataclass(frozen=True)
class Sentence:
    """A reply, the need that it is about, and what stands in its gaps."""

    reply: Reply
    need_id: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def text(sentence: Sentence, catalogue: Catalogue) -> str:
    """The sentence in a language."""
    return catalogue.gettext(sentence.reply).format(**sentence.values)


def line(said: Line, catalogue: Catalogue, **values: str) -> str:
    """A line for a group."""
    return catalogue.gettext(said).format(**values)


def status(requests: Sequence[tuple[str, str, Progress]], catalogue: Catalogue) -> str:
    """What became of each request: its words, its short number, how far it is."""
    lines = [f"• {words} ({code}): {catalogue.gettext(progress)}" for words, code, progress in requests]
    return "\n".join([catalogue.gettext(Reply.STATUS), *lines] if lines else [catalogue.gettext(Reply.NO_REQUEST)])


def ask_for_district(catalogue: Catalogue) -> tuple[str, Choice]:
    """The one question that may follow an answer, and the button that makes it go away."""
    return catalogue.gettext(DISTRICT_PLEASE), Choice(value=ANY_DISTRICT_CHOICE, label=catalogue.gettext(Button.ANY_DISTRICT))


def choices(sentence: Sentence, catalogue: Catalogue) -> list[Choice]:
    """The buttons that go with it. Languages are named in themselves."""
    if sentence.reply is Reply.WHICH_LANGUAGE:
        return [Choice(value=LANGUAGE_CHOICE + code, label=name) for code, name in LANGUAGE_NAMES.items()]
    return [Choice(value=value, label=catalogue.gettext(label)) for value, label in _CHOICES.get(sentence.reply, ())]
