"""Turns of a conversation, without bus and store."""

from itertools import count

import pytest
from anlaufstelle_contracts import (
    Choice,
    NeedArticulated,
    NeedWithdrawn,
    OfferRetracted,
    OfferSubmitted,
    PersonErased,
    ProjectApplied,
    ReferralAnswered,
)

from services.intake.domain.conversation import Message, Turn, command, idea, meant, retract, take, takes_back
from services.intake.domain.emergency import Emergency
from services.intake.domain.person import Person, Shown
from services.intake.domain.replies import Reply
from services.intake.domain.triage import Kind, asks_first, heed_cues


class Talk:
    """One person, and what they say."""

    def __init__(self) -> None:
        self.person = Person(id="p", address_id="a", language="uk")
        self._ids = count()

    def say(self, text: str, kind: Kind = Kind.NEED, danger: Emergency | None = None) -> Turn:
        words_id = f"w{next(self._ids)}"
        return self._take(Message(kind, "console", self.person.language, text, words_id, danger))

    def choose(self, value: str, need_id: str | None = None) -> Turn:
        choice = Choice(value=value, label=value)
        return self._take(Message(Kind.CHOICE, "console", self.person.language, choice=choice, choice_need_id=need_id))

    def locate(self, district: str | None) -> Turn:
        return self._take(Message(Kind.LOCATION, "console", self.person.language, district=district))

    def command(self, text: str) -> Turn:
        open_needs = self.person.conversation.need_ids if text == "/stop" else []
        return self._take(Message(Kind.COMMAND, "console", self.person.language, text, open_needs=open_needs))

    def _take(self, message: Message) -> Turn:
        return take(self.person, message, lambda: f"id{next(self._ids)}")


def said(turn: Turn) -> list[Reply]:
    return [sentence.reply for sentence in turn.replies]


def kinds(turn: Turn) -> list[type]:
    return [type(event) for event in turn.events]


def test_a_need_is_articulated_without_a_word_from_us() -> None:
    turn = Talk().say("Шукаю стіл")
    assert (turn.kind, kinds(turn), said(turn)) == (Kind.NEED, [NeedArticulated], [])
    assert turn.need_id == turn.about == turn.events[0].aggregate_id


def test_two_wishes_are_two_needs_that_share_the_place_and_the_words() -> None:
    talk = Talk()
    turn = talk.say("Нас троє, живемо в Грюнау. Шукаємо дитячого лікаря. І друге: хто віддасть коляску?")
    first, second = (event for event in turn.events if isinstance(event, NeedArticulated))
    assert first.need_id != second.need_id
    assert [(need.district, need.people) for need in (first, second)] == [("Grünau", 3)] * 2
    assert (first.categories, second.categories) == (["health"], ["housing_furnishing"])
    assert (turn.also_about, turn.about, turn.need_id) == ([first.need_id], second.need_id, second.need_id)
    assert talk.person.conversation.need_ids == [first.need_id, second.need_id]


def test_danger_is_not_divided() -> None:
    turn = Talk().say("Чоловік мене б'є. І друге: потрібен лікар?", danger=Emergency.VIOLENCE)
    assert kinds(turn) == [NeedArticulated]


def test_an_offer_is_thanked_for_and_has_a_title() -> None:
    turn = Talk().say("Віддам стіл. Він великий і трохи потертий", Kind.OFFER)
    (event,) = turn.events
    assert isinstance(event, OfferSubmitted)
    assert event.title == "Віддам стіл."
    assert said(turn) == [Reply.THANKS_FOR_OFFER]


def test_unclear_is_asked_back_once() -> None:
    talk = Talk()
    first = talk.say("стіл", Kind.UNCLEAR)
    assert (first.kind, first.events, said(first)) == (Kind.UNCLEAR, [], [Reply.ASK_BACK])
    second = talk.say("ну стіл", Kind.UNCLEAR)
    (event,) = second.events
    assert isinstance(event, NeedArticulated)
    assert event.text == "стіл\nну стіл"
    assert second.keeps == ["w0", "w1"]
    assert said(talk.say("лампа", Kind.UNCLEAR)) == [Reply.ASK_BACK]


@pytest.mark.parametrize(("value", "event"), [("kind.need", NeedArticulated), ("kind.offer", OfferSubmitted)])
def test_the_answer_to_the_question_decides(value: str, event: type) -> None:
    talk = Talk()
    talk.say("стіл", Kind.UNCLEAR)
    turn = talk.choose(value)
    assert kinds(turn) == [event]
    assert turn.keeps == ["w0"]
    assert talk.choose(value).events == []


def test_neither_drops_it() -> None:
    talk = Talk()
    talk.say("стіл", Kind.UNCLEAR)
    assert talk.choose("kind.neither").events == []
    assert talk.person.conversation.pending is None


def test_chatter_gets_a_hint_once_until_something_happens() -> None:
    talk = Talk()
    assert said(talk.say("привіт", Kind.CHATTER)) == [Reply.HINT]
    assert said(talk.say("як справи", Kind.CHATTER)) == []
    talk.say("шукаю стіл")
    assert said(talk.say("дякую", Kind.CHATTER)) == [Reply.HINT]


@pytest.mark.parametrize(
    ("danger", "reply"),
    [
        (Emergency.LIFE, Reply.EMERGENCY_LIFE),
        (Emergency.VIOLENCE, Reply.EMERGENCY_VIOLENCE),
        (Emergency.CHILD, Reply.EMERGENCY_CHILD),
        (Emergency.SELF_HARM, Reply.EMERGENCY_SELF_HARM),
    ],
)
def test_an_emergency_goes_before_everything_else(danger: Emergency, reply: Reply) -> None:
    talk = Talk()
    talk.command("/idea")
    turn = talk.say("допоможіть", Kind.CHATTER, danger)
    (event,) = turn.events
    assert isinstance(event, NeedArticulated)
    assert event.emergency
    assert said(turn) == [reply]


def test_an_answer_is_about_the_need_of_its_message() -> None:
    turn = Talk().choose("helped", "n1")
    (event,) = turn.events
    assert isinstance(event, ReferralAnswered)
    assert (event.need_id, event.answer) == ("n1", "helped")
    assert Talk().choose("helped", None).events == []


def test_what_is_taken_back_is_withdrawn_once() -> None:
    talk = Talk()
    need_id = talk.say("шукаю стіл").need_id
    turn = talk.say("вже не треба", Kind.CHATTER)
    (event,) = turn.events
    assert isinstance(event, NeedWithdrawn)
    assert event.need_id == need_id
    assert talk.say("вже не треба", Kind.CHATTER).events == []


def test_delete_asks_first_and_then_erases_every_need() -> None:
    talk = Talk()
    needs = [talk.say("шукаю стіл").need_id, talk.say("і стілець").need_id]
    assert said(talk.command("/delete")) == [Reply.ERASE_REALLY]
    assert said(talk.choose("erase.no")) == [Reply.NOT_ERASED]
    turn = talk.choose("erase.yes")
    (event,) = turn.events
    assert isinstance(event, PersonErased)
    assert event.need_ids == needs
    assert turn.erases
    assert turn.farewell is not None


@pytest.mark.parametrize(
    "text", ["Вже віддала, дякую", "уже отдали!", "забрали, не актуально", "Das Sofa ist weg", "schon vergeben", "it's gone now"]
)
def test_an_offer_that_is_gone_is_taken_back(text: str) -> None:
    talk = Talk()
    talk.say("Шукаю стіл")
    offered = talk.say("Віддам диван", Kind.OFFER)
    turn = talk.say(text, Kind.CHATTER)
    assert [(type(event), event.aggregate_id) for event in turn.events] == [(OfferRetracted, offered.about)]
    assert said(turn) == [Reply.OFFER_RETRACTED]
    assert OfferRetracted not in kinds(talk.say(text, Kind.CHATTER))


@pytest.mark.parametrize("text", ["Паспорт уже забрали, что делать?", "Mein Pass ist weg, wer hilft?"])
def test_a_need_that_sounds_like_an_offer_that_is_gone_is_a_need(text: str) -> None:
    talk = Talk()
    talk.say("Віддам диван", Kind.OFFER)
    assert kinds(talk.say(text)) == [NeedArticulated]
    assert NeedArticulated in kinds(talk.say(text, Kind.CHATTER, danger=Emergency.LIFE))


def test_what_is_not_needed_any_more_leaves_a_later_offer_alone() -> None:
    talk = Talk()
    asked = talk.say("Шукаю стіл")
    talk.say("Віддам диван", Kind.OFFER)
    turn = talk.say("Стіл вже не треба, знайшли", Kind.CHATTER)
    assert [(type(event), event.aggregate_id) for event in turn.events] == [(NeedWithdrawn, asked.need_id)]


def test_stop_is_ended_by_the_next_message() -> None:
    talk = Talk()
    asked = [talk.say("шукаю стіл").need_id, talk.say("і лампу").need_id]
    turn = talk.command("/stop")
    assert [(type(event), event.aggregate_id) for event in turn.events] == [(NeedWithdrawn, need_id) for need_id in asked]
    assert talk.person.stopped
    talk.say("шукаю стілець")
    assert not talk.person.stopped


@pytest.mark.parametrize(
    ("command", "question", "event"),
    [
        ("/idea", Reply.IDEA_PLEASE, ProjectApplied),
        ("/offer", Reply.OFFER_PLEASE, OfferSubmitted),
        ("/need", Reply.NEED_PLEASE, NeedArticulated),
    ],
)
def test_a_command_says_what_the_next_text_is(command: str, question: Reply, event: type) -> None:
    talk = Talk()
    assert said(talk.command(command)) == [question]
    assert kinds(talk.say("Кухня для всіх", Kind.CHATTER)) == [event]
    assert kinds(talk.say("Кухня для всіх", Kind.CHATTER)) == []


def test_a_place_on_the_map_is_where_the_open_need_is_asked_for_anew() -> None:
    talk = Talk()
    old = talk.say("Шукаю репетитора")
    turn = talk.locate("Gohlis")
    withdrawn, asked = turn.events
    assert isinstance(withdrawn, NeedWithdrawn)
    assert isinstance(asked, NeedArticulated)
    assert (withdrawn.need_id, asked.district, asked.text) == (old.need_id, "Gohlis", "Шукаю репетитора")
    assert (turn.about, turn.keeps) == (asked.need_id, old.keeps)
    assert said(turn) == [Reply.DISTRICT_TAKEN]
    again = talk.locate("Gohlis")
    assert (again.events, said(again)) == ([], [Reply.DISTRICT_NOTED])
    (later,) = talk.say("Шукаю лікаря").events
    assert isinstance(later, NeedArticulated)
    assert later.district == "Gohlis"


def test_a_need_that_names_its_district_is_not_asked_for_anew() -> None:
    talk = Talk()
    talk.say("Шукаю репетитора в Грюнау")
    assert talk.locate("Gohlis").events == []
    assert said(talk.locate(None)) == [Reply.TOO_FAR]


def test_the_answer_to_the_question_for_the_district_is_a_district_or_no_matter() -> None:
    talk = Talk()
    talk.say("Шукаю репетитора")
    assert kinds(talk.say("у Грюнау", Kind.NEED)) == [NeedArticulated], "nobody asked"
    talk.say("Шукаю лікаря")
    talk.person.conversation.awaits_district = True
    assert kinds(talk.say("у Грюнау", Kind.CHATTER)) == [NeedWithdrawn, NeedArticulated]
    talk.say("Шукаю стіл")
    talk.person.conversation.awaits_district = True
    assert said(talk.choose("district.any")) == [Reply.ALL_RIGHT]
    assert kinds(talk.say("у Грюнау", Kind.CHATTER)) == []


def test_needs_whose_words_are_gone_are_withdrawn() -> None:
    talk = Talk()
    turn = talk.say("Шукаю стіл")
    assert retract(talk.person, ["somebody else's"]) == []
    (event,) = retract(talk.person, [turn.need_id or ""])
    assert isinstance(event, NeedWithdrawn)
    assert talk.person.conversation.need_id is None


def test_language_is_set_by_word_or_by_choice() -> None:
    talk = Talk()
    assert said(talk.command("/language")) == [Reply.WHICH_LANGUAGE]
    assert said(talk.command("/language klingon")) == [Reply.WHICH_LANGUAGE]
    assert said(talk.choose("language.de")) == [Reply.LANGUAGE_SET]
    assert talk.person.language == talk.person.chosen_language == "de"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("/start", Reply.GREETING), ("/start abc", Reply.GREETING), ("/HELP", Reply.HELP), ("/nonsense", Reply.HELP),
        ("/privacy@bot", Reply.PRIVACY), ("/status", Reply.STATUS), ("/need", Reply.NEED_PLEASE),
        ("/offer", Reply.OFFER_PLEASE),
    ],
)  # fmt: skip
def test_other_commands(text: str, reply: Reply) -> None:
    assert said(Talk().command(text)) == [reply]


def test_what_is_no_command() -> None:
    assert command("/") is None
    assert command("/ 5 осіб") is None
    assert command("і/або") is None
    assert command("/idea  Кухня\nдля всіх ") == ("idea", "Кухня\nдля всіх")


@pytest.mark.parametrize("text", ["Ідея: кухня для всіх", "idee - кухня для всіх", "IDEA: кухня для всіх"])
def test_an_idea_may_say_so(text: str) -> None:
    assert idea(text) == "кухня для всіх"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Дякую, вже не треба", True), ("уже нашли, спасибо", True), ("Hat sich erledigt, danke!", True),
        ("no longer needed", True),
        ("Не потрібно нічого, тільки стіл", False), ("треба стіл", False), ("вже не знаю, до кого йти", False),
        ("I need a table, not a chair", False),
    ],
)  # fmt: skip
def test_what_takes_a_need_back(text: str, expected: bool) -> None:
    assert takes_back(text) is expected


def test_a_new_need_ends_what_bare_numbers_mean() -> None:
    talk = Talk()
    talk.person.conversation.shown = Shown(number=7, choices=[Choice(value="helped", label="Допомогло")])
    talk.say("дякую", Kind.CHATTER)
    assert talk.person.conversation.shown
    talk.say("шукаю стіл")
    assert talk.person.conversation.shown is None


def test_a_choice_is_meant_by_number_label_or_value() -> None:
    shown = Shown(number=7, choices=[Choice(value="helped", label="Допомогло"), Choice(value="more", label="Ще")])
    texts = ("1", "2.", "ДОПОМОГЛО", "more", "3", "0", "ще раз", "²")
    picked = [choice.value if (choice := shown.pick(text)) else None for text in texts]
    assert picked == ["helped", "more", "helped", "more", None, None, None, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("дайте людину", "human"), ("дайте нормальну людину а не бота", "human"), ("I want to talk to a human", "human"),
        ("Можно поговорить с живым человеком?", "human"), ("Kann ich mit einem Menschen sprechen?", "human"),
        ("ви робот?", "about"), ("це бот чи людина?", "about"), ("Bist du ein Bot?", "about"), ("are you a robot", "about"),
        ("вы сохраняете мои данные?", "privacy"),
        ("Was passiert mit meinen Daten?", "privacy"), ("do you store my data?", "privacy"),
        ("видаліть мої дані", "delete"), ("delete my data", "delete"), ("удалите всё обо мне", "delete"),
        ("Потрібна людина для прибирання", None), ("Шукаю роботу з людьми", None), ("хочу поговорити з лікарем", None),
        ("Шукаю програму для дітей", None), ("це програма для дітей чи дорослих, куди йти на курси і хто веде?", None),
        ("Хто допоможе видалити зуб?", None), ("Suche Arbeit mit Menschen", None),
    ],
)  # fmt: skip
def test_what_is_asked_of_us_and_not_of_the_city(text: str, expected: str | None) -> None:
    assert meant(text) == expected


def test_who_wants_a_person_gets_one_for_what_they_asked_or_anew() -> None:
    talk = Talk()
    (asked,) = talk.say("/human дайте людину", Kind.COMMAND).events
    assert isinstance(asked, NeedArticulated)
    assert asked.review
    (answered,) = talk.say("/human", Kind.COMMAND).events
    assert isinstance(answered, ReferralAnswered)
    assert (answered.need_id, answered.answer) == (asked.need_id, "human")


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("Здам кімнату в Конневіц дівчині, 300 євро", True), ("Здається однокімнатна квартира", True),
        ("сдаю комнату в Плагвице", True), ("Vermiete WG-Zimmer in Lindenau", True), ("Здається, я загубила документи", False),
        ("сдаю завтра экзамен, кто поможет", False), ("Мені здається, тут помилка", False),
    ],
)  # fmt: skip
def test_who_lets_a_room_gives(text: str, gives: bool) -> None:
    assert (heed_cues(Kind.NEED, text, asks_first(text)) is Kind.OFFER) is gives
