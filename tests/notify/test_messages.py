"""What people are told, event by event."""

from datetime import UTC, datetime

import pytest
from anlaufstelle_contracts import (
    Answer,
    Event,
    MatchReason,
    MessageRequested,
    NeedMatched,
    NeedUnmet,
    PersonErased,
    ProjectProposed,
    ReferralAnswered,
    ReferredOffer,
    ReviewRequested,
    UnmetReason,
)

from chassis import Settings, short_code
from services.notify import main
from services.notify.domain.listener import Listener, Told
from tests.kit.memory import Memory

LANGUAGES = ("uk", "ru", "de", "en")
WAYS = {
    "address": "Musterstraße 12, 04315 Leipzig", "phone": "+49 341 0002001", "email": "essen@example.org",
    "url": "https://essen.example.org",
}  # fmt: skip
PANTRY = ReferredOffer(
    offer_id="o1",
    title="Lebensmittelausgabe Grünau",
    description="Einmal in der Woche geben wir Lebensmittel an Menschen mit kleinem Einkommen aus.",
    districts=["Grünau"],
    schedule="freitags 14–16 Uhr",
    probability=0.9,
    reasons=[MatchReason.TOPIC, MatchReason.DISTRICT],
)
SHELF = ReferredOffer(
    offer_id="o2", title="Полиця з їжею", description="Приходьте, коли Вам зручно.", probability=0.7, reasons=["from_next_year"]
)


@pytest.fixture
def notify() -> Memory:
    """The service over documents in memory; nobody was told anything yet."""
    return Memory(main.build(Settings()))


def matched(*offers: ReferredOffer, need: str = "n1", language: str = "uk", person: str = "p1") -> NeedMatched:
    return NeedMatched(
        need_id=need, person_id=person, language=language, offers=list(offers), offer_ids=[offer.offer_id for offer in offers]
    )


def unmet(reason: str = "full", language: str = "uk") -> NeedUnmet:
    return NeedUnmet(need_id="n1", person_id="p1", language=language, reason=reason)


def answered(answer: str) -> ReferralAnswered:
    return ReferralAnswered(need_id="n1", person_id="p1", answer=answer)


def review(emergency: bool = False, language: str = "uk") -> ReviewRequested:
    return ReviewRequested(need_id="n1", person_id="p1", language=language, emergency=emergency)


def message(events: list[Event]) -> MessageRequested:
    assert len(events) == 1
    assert isinstance(events[0], MessageRequested)
    return events[0]


async def test_an_offer_is_told_with_place_time_and_why(notify: Memory) -> None:
    told = message(await notify.handle(matched(PANTRY)))
    assert told.text == (
        "Дякуємо, що написали нам. Ми знайшли 1 пропозицію, яка може Вам допомогти:\n\n"
        "1. Lebensmittelausgabe Grünau\n"
        "Einmal in der Woche geben wir Lebensmittel an Menschen mit kleinem Einkommen aus.\n"
        "Де: Grünau\n"
        "Коли: freitags 14–16 Uhr\n"
        "Чому підходить: це поруч із Вами\n\n"
        "Деякі назви й описи подано німецькою, словами тих, хто допомагає. "
        "Якщо щось незрозуміло, оберіть «Поговорити з людиною».\n\n"
        "Потім, будь ласка, напишіть нам, чи це допомогло."
    )
    assert (told.language, told.person_id, told.need_id) == ("uk", "p1", "n1")


@pytest.mark.parametrize(("language", "lines"), [
    ("uk", ["Адреса: {address}", "Телефон: {phone} · Ел. пошта: {email} · Сайт: {url}"]),
    ("ru", ["Адрес: {address}", "Телефон: {phone} · Эл. почта: {email} · Сайт: {url}"]),
    ("de", ["Adresse: {address}", "Telefon: {phone} · E-Mail: {email} · Website: {url}"]),
    ("en", ["Address: {address}", "Phone: {phone} · E-mail: {email} · Website: {url}"]),
])  # fmt: skip
async def test_how_to_reach_an_offer_is_told_in_every_language(notify: Memory, language: str, lines: list[str]) -> None:
    told = message(await notify.handle(matched(PANTRY.model_copy(update=WAYS), SHELF, language=language)))
    first, second = told.text.split("\n\n")[1:3]
    assert first.split("\n")[4:6] == [line.format(**WAYS) for line in lines]
    for line in lines:
        assert not any(label.split(": ")[0] in second for label in line.split(" · "))


@pytest.mark.parametrize(("known", "line"), [
    ({"phone": "112"}, "Телефон: 112"), ({"address": "Musterplatz 1"}, "Адреса: Musterplatz 1"),
    ({"email": "a@example.org", "url": "https://a.example.org"}, "Ел. пошта: a@example.org · Сайт: https://a.example.org"),
])  # fmt: skip
async def test_only_what_is_known_has_a_line(notify: Memory, known: dict[str, str], line: str) -> None:
    told = message(await notify.handle(matched(PANTRY.model_copy(update=known))))
    lines = told.text.split("\n\n")[1].split("\n")
    assert lines[4:-1] == [line]


@pytest.mark.parametrize("way", WAYS)
async def test_nobody_answers_there_is_a_reply_only_to_what_can_be_reached(notify: Memory, way: str) -> None:
    told = message(await notify.handle(matched(PANTRY, SHELF)))
    assert [choice.value for choice in told.choices] == ["helped", "not_helped", "more", "human"]
    reachable = SHELF.model_copy(update={way: WAYS[way]})
    told = message(await notify.handle(matched(PANTRY, reachable, need="n2")))
    assert [choice.value for choice in told.choices] == ["helped", "not_helped", "unreachable", "more", "human"]


async def test_an_offer_in_the_persons_language_needs_no_note_and_an_unknown_reason_is_left_out(notify: Memory) -> None:
    told = message(await notify.handle(matched(SHELF)))
    assert "Де: усе місто" in told.text
    assert "Чому підходить" not in told.text
    assert "подано" not in told.text


@pytest.mark.parametrize(("language", "headline"), [
    ("uk", "Ми знайшли 2 пропозиції, які можуть"), ("ru", "Мы нашли 2 предложения, которые могут"),
    ("de", "Wir haben 2 Angebote gefunden, die"), ("en", "We have found 2 offers that may"),
    ("fr", "Ми знайшли 2 пропозиції, які можуть"),
])  # fmt: skip
async def test_every_language(notify: Memory, language: str, headline: str) -> None:
    told = message(await notify.handle(matched(PANTRY, SHELF, language=language)))
    assert headline in told.text
    assert told.language == (language if language in LANGUAGES else "uk")


async def test_a_long_description_is_cut_between_words(notify: Memory) -> None:
    long = PANTRY.model_copy(update={"description": "Lebensmittel " * 100})
    told = message(await notify.handle(matched(long)))
    line = told.text.split("\n")[3]
    assert len(line) < 310
    assert line.endswith("Lebensmittel …")


async def test_an_offer_of_a_few_words_is_not_told_twice(notify: Memory) -> None:
    brief = PANTRY.model_copy(update={"title": "Віддам диван", "description": "Віддам диван"})
    told = message(await notify.handle(matched(brief)))
    assert told.text.count("Віддам диван") == 1


async def test_more_offers_are_told_as_more_and_old_ones_not_again(notify: Memory) -> None:
    await notify.handle(matched(PANTRY))
    assert await notify.handle(answered("more")) == []
    told = message(await notify.handle(matched(PANTRY, SHELF)))
    assert told.text.startswith("Маємо для Вас ще 1 пропозицію:\n\n1. Полиця з їжею")
    assert PANTRY.title not in told.text
    assert await notify.handle(matched(PANTRY, SHELF)) == []


async def test_who_asks_for_more_hears_that_there_is_no_more(notify: Memory) -> None:
    await notify.handle(matched(PANTRY))
    await notify.handle(answered("more"))
    told = message(await notify.handle(matched(PANTRY)))
    assert told.text == "На жаль, зараз ми не знаємо інших пропозицій, крім тих, які вже назвали Вам."


@pytest.mark.parametrize("language", LANGUAGES)
async def test_unmet_is_told_with_a_reason_of_its_own_and_a_way_to_a_person(language: str) -> None:
    texts = set()
    for reason in (*UnmetReason, "reason_of_next_year"):
        told = message(await Memory(main.build(Settings())).handle(unmet(reason, language)))
        texts.add(told.text)
        assert [choice.value for choice in told.choices] == ["human"]
        assert len(told.text.split("\n\n")) == 3
    assert len(texts) == len(UnmetReason) + 1


async def test_the_same_bad_news_are_told_once(notify: Memory) -> None:
    assert await notify.handle(unmet("full"))
    assert await notify.handle(unmet("full")) == []
    assert "задалеко" not in message(await notify.handle(unmet("too_far"))).text
    await notify.handle(answered("human"))
    assert await notify.handle(unmet("too_far"))


async def test_a_need_that_is_met_later_is_good_news_with_its_day(notify: Memory) -> None:
    await notify.handle(unmet("full", language="ru"), at=datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    told = message(await notify.handle(matched(PANTRY, language="ru"), at=datetime(2026, 12, 3, tzinfo=UTC)))
    assert told.text.startswith("Хорошая новость по вашему сообщению от 25 ноября: теперь есть 1 предложение, которое может")


async def test_unmet_after_offers_says_that_there_is_nothing_else(notify: Memory) -> None:
    await notify.handle(matched(PANTRY))
    told = message(await notify.handle(unmet("no_such_offer")))
    assert "крім тих, які вже назвали" in told.text
    assert "ніхто такого не пропонує" not in told.text


async def test_a_decision_that_was_overtaken_is_not_told(notify: Memory) -> None:
    early, late = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert await notify.handle(matched(PANTRY), at=late)
    assert await notify.handle(unmet("full"), at=early) == []
    assert await notify.handle(review(), at=early) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_review_and_emergency(language: str) -> None:
    calm = message(await Memory(main.build(Settings())).handle(review(language=language)))
    urgent = message(await Memory(main.build(Settings())).handle(review(emergency=True, language=language)))
    assert calm.text != urgent.text
    assert "\n\n" not in urgent.text
    assert not any(char.isdigit() for char in urgent.text)
    assert calm.choices == urgent.choices == []


async def test_who_asked_for_a_human_is_not_told_twice_that_one_comes(notify: Memory) -> None:
    await notify.handle(matched(PANTRY))
    assert "людина з нашої команди" in message(await notify.handle(answered("human"))).text
    assert await notify.handle(review()) == []
    assert await notify.handle(matched(SHELF))
    assert await notify.handle(review())


@pytest.mark.parametrize("answer", ["helped", "not_helped", "unreachable", "human"])
async def test_answers_are_thanked_in_the_language_of_the_need(notify: Memory, answer: str) -> None:
    await notify.handle(matched(PANTRY, language="de"))
    told = message(await notify.handle(answered(answer)))
    assert (told.language, told.need_id) == ("de", "n1")
    goes_on = answer in ("not_helped", "unreachable")
    assert [choice.value for choice in told.choices] == (["more", "human"] if goes_on else [])


async def test_an_answer_that_nobody_knows_is_met_with_silence(notify: Memory) -> None:
    await notify.handle(matched(PANTRY))
    assert await notify.handle(answered("perhaps")) == []


async def test_an_idea_is_thanked_once_and_in_its_own_language(notify: Memory) -> None:
    idea = ProjectProposed(project_id="pr1", person_id="p9", title="Idee", summary="Я хотіла би вести гурток малювання для дітей")
    told = message(await notify.handle(idea))
    assert told.text.startswith("Дякуємо за Вашу ідею!")
    assert short_code("pr1") in told.text
    assert await notify.handle(idea) == []
    assert await notify.handle(idea.model_copy(update={"person_id": None, "gap_id": "g1"})) == []


async def test_the_same_cause_gives_the_same_message_id(notify: Memory) -> None:
    first = message(await notify.handle(matched(PANTRY), cause="c1"))
    again = message(await Memory(main.build(Settings())).handle(matched(PANTRY), cause="c1"))
    other = message(await Memory(main.build(Settings())).handle(matched(PANTRY), cause="c2"))
    assert first.message_id == again.message_id != other.message_id


async def test_an_erased_person_is_forgotten_and_stays_so(notify: Memory) -> None:
    await notify.handle(matched(PANTRY))
    await notify.handle(matched(PANTRY, need="n2"))
    await notify.handle(matched(PANTRY, need="n3", person="p2"))
    assert await notify.handle(PersonErased(person_id="p1", need_ids=["n1"])) == []
    assert [told.id for told in notify.all(Told)] == ["n3"]
    assert await notify.handle(matched(SHELF)) == []
    assert await notify.handle(answered(Answer.HUMAN)) == []
    assert [told.id for told in notify.all(Told)] == ["n3"]
    forgotten = next(listener for listener in notify.all(Listener) if listener.id == "p1")
    assert forgotten == Listener(id="p1", version=forgotten.version, erased=True)
