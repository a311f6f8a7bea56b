"""What a person is told of each event. Every function notes what it says and returns the message, or None for silence."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from anlaufstelle_contracts import (
    Answer,
    Choice,
    NeedMatched,
    NeedUnmet,
    ProjectProposed,
    ReferralAnswered,
    ReferredOffer,
    ReviewRequested,
)

from .listener import Listener, Told
from .phrases import IN_LANGUAGE, REPLIES, TALK_TO_A_PERSON, WHY_IT_FITS, WHY_UNMET, choices, phrase
from .words import Dictionary, Words, known_language

DESCRIPTION_LENGTH = 300

LanguageOf = Callable[[str], str | None]
"""The language that a text is written in, or None."""


@dataclass(frozen=True)
class Message:
    """Words ready to send."""

    language: str
    text: str
    need_id: str | None = None
    choices: tuple[Choice, ...] = ()


def matched(
    told: Told, event: NeedMatched, time: datetime, dictionary: Dictionary, language_of: LanguageOf
) -> Message | None:  # fmt: skip
    """The offers that the person does not know yet, and why they fit."""
    words = _speak(told, event.language, dictionary)
    new = [offer for offer in event.offers if offer.offer_id not in told.offer_ids]
    if not new:
        asked = told.last == "answer"
        told.say("offers", time)
        return _message(told, [_no_others(words)], choices(words, Answer.HUMAN)) if asked else None
    paragraphs = [
        _headline(told, len(new), words),
        *(_offer(number, offer, words) for number, offer in enumerate(new, 1)),
        _language_note(new, words, language_of),
        words.gettext("Please tell us afterwards whether it helped."),
    ]
    told.offer_ids += [offer.offer_id for offer in new]
    told.waits_for_person = False
    told.say("offers", time)
    answers = [Answer.HELPED, Answer.NOT_HELPED, Answer.UNREACHABLE, Answer.MORE, Answer.HUMAN]
    if not any(offer.address or _contact(offer, words) for offer in new):
        answers.remove(Answer.UNREACHABLE)  # who was told no way to it cannot have found nobody there
    return _message(told, paragraphs, choices(words, *answers))


def unmet(told: Told, event: NeedUnmet, time: datetime, dictionary: Dictionary) -> Message | None:
    """That there is nothing, why, that it is counted, and what happens next."""
    words = _speak(told, event.language, dictionary)
    if told.is_stale(time) or (told.last, told.reason) == ("unmet", event.reason):
        return None
    if told.offer_ids:
        sorry, why = _no_others(words), ""  # the reason is about all offers, and some were named
    else:
        sorry = words.gettext("Unfortunately we have not found anything that would suit you at the moment.")
        why = phrase(words, WHY_UNMET, event.reason)
    after = words.gettext(
        "Your request is not lost: we have counted it (without your name). As soon as something suitable comes up, we will "
        "write to you. And when many people lack the same thing, we talk with other associations and the city, so that "
        "such help comes about."
    )
    paragraphs = [_thanks(told, words), f"{sorry} {why}".strip(), after]
    told.reason = str(event.reason)
    told.waits_for_person = False
    told.say("unmet", time)
    return _message(told, paragraphs, choices(words, Answer.HUMAN))


def review(told: Told, event: ReviewRequested, time: datetime, dictionary: Dictionary) -> Message | None:
    """That a person looks at it. In an emergency only that somebody is alerted: the numbers were given at once by intake."""
    words = _speak(told, event.language, dictionary)
    if told.is_stale(time) or told.waits_for_person:
        return None
    if event.emergency:
        paragraphs = [words.gettext("A person from our team has been alerted.")]
    else:
        looks = words.gettext("A person from our team will look at your message, and then we will write back to you here.")
        paragraphs = [_thanks(told, words), looks]
    told.waits_for_person = True
    told.say("review", time)
    return _message(told, paragraphs)


def answered(
    told: Told, listener: Listener, event: ReferralAnswered, time: datetime, dictionary: Dictionary
) -> Message | None:  # fmt: skip
    """Thanks, or what happens next, for what the person said of the offers."""
    words = _speak(told, told.language or listener.language, dictionary)
    if not told.is_stale(time):
        told.last = "answer"
    if event.answer == Answer.HUMAN:
        told.waits_for_person = True
    reply = phrase(words, REPLIES, event.answer)
    goes_on = choices(words, Answer.MORE, Answer.HUMAN) if event.answer in (Answer.NOT_HELPED, Answer.UNREACHABLE) else []
    return _message(told, [reply], goes_on) if reply else None


def applied(
    listener: Listener, event: ProjectProposed, code: str, dictionary: Dictionary, language_of: LanguageOf
) -> Message | None:  # fmt: skip
    """Thanks to who had the idea, once, in the language they wrote it in."""
    if event.project_id in listener.thanked_projects:
        return None
    listener.thanked_projects.append(event.project_id)
    language = known_language(listener.language, language_of(event.summary))
    text = dictionary(language).gettext(
        "Thank you for your idea! We have noted it as a draft project ({code}), will talk it over in the team and write to you.",
        code=code,
    )
    return Message(language=language, text=text)


def _speak(told: Told, language: str, dictionary: Dictionary) -> Words:
    """The language to speak in about this need from now on."""
    told.language = known_language(language)
    return dictionary(told.language)


def _message(told: Told, paragraphs: list[str], buttons: list[Choice] | None = None) -> Message:
    text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return Message(language=told.language, text=text, need_id=told.id, choices=tuple(buttons or ()))


def _thanks(told: Told, words: Words) -> str:
    return words.gettext("Thank you for writing to us.") if told.last == "nothing" else ""


def _no_others(words: Words) -> str:
    return words.gettext("Unfortunately we know of no other offers at the moment than those we have already named to you.")


def _headline(told: Told, count: int, words: Words) -> str:
    if told.offer_ids:
        return words.ngettext("We have {count} more offer for you:", "We have {count} more offers for you:", count)
    if told.last == "unmet" and told.first_time:
        return words.ngettext(
            "Good news about your message of {date}: now there is {count} offer that may help you:",
            "Good news about your message of {date}: now there are {count} offers that may help you:",
            count,
            date=words.date(told.first_time),
        )
    found = words.ngettext(
        "We have found {count} offer that may help you:", "We have found {count} offers that may help you:", count
    )
    return f"{_thanks(told, words)} {found}".strip()


def _offer(number: int, offer: ReferredOffer, words: Words) -> str:
    places = ", ".join(offer.districts) or words.gettext("the whole city")
    reasons = [text for text in (phrase(words, WHY_IT_FITS, reason) for reason in offer.reasons) if text]
    said_more = "" if offer.description == offer.title else _shortened(offer.description)  # a person's few words are both
    lines = [f"{number}. {offer.title}", said_more, words.gettext("Where: {places}", places=places)]
    if offer.schedule:
        lines.append(words.gettext("When: {schedule}", schedule=offer.schedule))
    if offer.address:
        lines.append(words.gettext("Address: {address}", address=offer.address))
    lines.append(_contact(offer, words))
    if reasons:
        lines.append(words.gettext("Why it fits: {reasons}", reasons="; ".join(reasons[:3])))
    return "\n".join(line for line in lines if line)


def _contact(offer: ReferredOffer, words: Words) -> str:
    """How to ring and write there, on one line; nothing when neither is known."""
    ways = [
        words.gettext("Phone: {phone}", phone=offer.phone) if offer.phone else "",
        words.gettext("E-mail: {email}", email=offer.email) if offer.email else "",
        words.gettext("Website: {url}", url=offer.url) if offer.url else "",
    ]
    return " · ".join(way for way in ways if way)


def _shortened(text: str) -> str:
    """The description on one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= DESCRIPTION_LENGTH else line[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …"


def _language_note(offers: list[ReferredOffer], words: Words, language_of: LanguageOf) -> str:
    """A kind word when what the helpers wrote is not in the person's language."""
    written_in = dict.fromkeys(language_of(f"{offer.title}. {offer.description}") for offer in offers)
    foreign = [words.gettext(IN_LANGUAGE[found]) for found in written_in if found in IN_LANGUAGE and found != words.language]
    if not foreign:
        return ""
    return words.gettext(
        "Some names and descriptions are {languages}, in the words of those who help. "
        "If something is unclear, choose “{talk}”.",
        languages=words.join(foreign),
        talk=words.gettext(TALK_TO_A_PERSON),
    )  # fmt: skip
