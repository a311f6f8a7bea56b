"""Short phrases for the values of the contracts. Extraction finds them through `_`, which marks and returns its argument."""

from anlaufstelle_contracts import Answer, Choice, MatchReason, UnmetReason

from .words import Words


def _(message: str) -> str:
    return message


TALK_TO_A_PERSON = _("Talk to a person")

LABELS: dict[str, str] = {
    Answer.HELPED: _("It helped"),
    Answer.NOT_HELPED: _("It did not help"),
    Answer.UNREACHABLE: _("Nobody answers there"),
    Answer.MORE: _("Show more"),
    Answer.HUMAN: TALK_TO_A_PERSON,
}

WHY_IT_FITS: dict[str, str] = {
    MatchReason.DISTRICT: _("it is near you"),
    MatchReason.CITY_WIDE: _("open to people from the whole city"),
    MatchReason.LANGUAGE: _("your language is spoken there"),
    MatchReason.AUDIENCE: _("it is meant for people in your situation"),
    MatchReason.WORDS: _("its description names what you wrote about"),
}
"""What is not here goes without saying (the topic) or is mostly guessed (how long somebody stays): the desk shows it."""

WHY_UNMET: dict[str, str] = {
    UnmetReason.NO_SUCH_OFFER: _("As far as we know, nobody nearby offers this at the moment."),
    UnmetReason.FULL: _("Such help exists, but all places are taken at the moment."),
    UnmetReason.LANGUAGE: _("Such help exists, but your language is not spoken there."),
    UnmetReason.TOO_FAR: _("Such help exists, but it is too far from you."),
    UnmetReason.NOT_ELIGIBLE: _("Such help exists, but its conditions do not fit your situation."),
    UnmetReason.OUTDATED: _("There was such help, but it has ended, or nobody has confirmed it for a long time."),
}

IN_LANGUAGE: dict[str, str] = {
    "uk": _("in Ukrainian"),
    "ru": _("in Russian"),
    "de": _("in German"),
    "en": _("in English"),
}

REPLIES: dict[str, str] = {
    Answer.HELPED: _("Thank you for telling us. We are glad that it helped!"),
    Answer.NOT_HELPED: _(
        "Thank you for telling us. We are sorry that it did not help. Shall we look further, or would you like to talk to a "
        "person?"
    ),
    Answer.UNREACHABLE: _(
        "Thank you for telling us that nobody answers there. We will check this offer. Shall we look further, or would you like "
        "to talk to a person?"
    ),
    Answer.HUMAN: _("A person from our team will write to you here. Please give us a little time for it."),
}
"""What a person hears when they answered. `more` is answered by what matching finds."""


def choices(words: Words, *answers: Answer) -> list[Choice]:
    """Buttons."""
    return [Choice(value=answer.value, label=words.gettext(LABELS[answer])) for answer in answers]


def phrase(words: Words, table: dict[str, str], value: str) -> str:
    """The phrase for a value, empty for one that this version does not know."""
    return words.gettext(table[value]) if value in table else ""
