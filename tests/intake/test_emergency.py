"""What is an emergency and what only sounds like one."""

import json

import pytest

from services.intake.domain.emergency import Emergency, danger, emergency
from services.intake.domain.triage import model
from tests.kit.read import DATA, Read, devset, emergencies, everyday

EMERGENCIES = [
    ("Мама не дихає, що робити", "life"),
    ("папа упал и лежит без сознания!!", "life"),
    ("Чоловіку погано, здається інфаркт, ми вдома в Грюнау", "life"),
    ("У сестры сильное кровотечение не останавливается", "life"),
    ("горить квартира на третьому поверсі, там бабуся", "life"),
    ("Вызовите скорую пожалуйста, я не говорю по-немецки", "life"),
    ("дитина ковтнула батарейку", "life"),
    ("не могу дышать, одна дома", "life"),
    ("Mein Vater ist bewusstlos, wir verstehen den Notruf nicht", "life"),
    ("Bitte rufen Sie einen Krankenwagen, meine Frau blutet stark", "life"),
    ("unsere Wohnung brennt", "life"),
    ("My grandmother is not breathing", "life"),
    ("I think he is having a heart attack", "life"),
    ("he took an overdose, please help", "life"),
    ("Чоловік мене б’є, я з дітьми у ванній", "violence"),
    ("муж бьет меня и детей, куда бежать", "violence"),
    ("мене зґвалтували вчора", "violence"),
    ("Меня изнасиловали, боюсь идти в полицию", "violence"),
    ("сусід погрожує вбити нас ножем", "violence"),
    ("Боюсь за своє життя, він знає де я живу", "violence"),
    ("он запер меня дома и забрал телефон", "violence"),
    ("не випускає мене з дому вже тиждень", "violence"),
    ("Mein Mann schlägt mich", "violence"),
    ("mein Ex hat mich gestern geschlagen und droht mich umzubringen", "violence"),
    ("ich wurde vergewaltigt", "violence"),
    ("My husband beats me and the kids", "violence"),
    ("he threatens to kill me", "violence"),
    ("I was raped", "violence"),
    ("Зникла дитина! дівчинка 6 років, вокзал", "child"),
    ("мой сын пропал, не отвечает со вчера", "child"),
    ("Не можу знайти доньку, загубились біля Höfe am Brühl", "child"),
    ("ребёнок потерялся на рынке", "child"),
    ("донька не повернулася зі школи", "child"),
    ("Unser Sohn ist seit gestern verschwunden", "child"),
    ("My daughter is missing", "child"),
    ("can't find my son, he is 5", "child"),
    ("не хочу більше жити", "self_harm"),
    ("Я больше не хочу жить, нет сил", "self_harm"),
    ("думаю покінчити з собою", "self_harm"),
    ("подруга пише що накладе на себе руки", "self_harm"),
    ("дочь режет себя, 14 лет", "self_harm"),
    ("Ich will nicht mehr leben", "self_harm"),
    ("ich denke an Selbstmord", "self_harm"),
    ("I want to kill myself", "self_harm"),
    ("I don't want to live anymore", "self_harm"),
]

NEAR_MISSES = [
    "терміново потрібна коляска",
    "Срочно нужна кроватка, сегодня!",
    "Паническая атака сейчас, скорую не хочу, просто поговорить",
    "не хочу жити в гуртожитку, шукаю квартиру",
    "не хочу жить с ними в одной комнате",
    "Не можу знайти сину школу",
    "не можу знайти для дитини педіатра",
    "не могу найти ребенку зимнюю обувь",
    "дочка пропала зі списку в садок, що робити",
    "у сина пропав апетит після переїзду",
    "дитина загубила рюкзак у трамваї",
    "втратили речі після пожежі, потрібен одяг",
    "б'є струмом пральна машина, хто подивиться",
    "чоловік б'є рекорди з ліні, шукаю йому гурток)))",
    "умираю со смеху с этих объявлений",
    "Мама після інсульту, потрібна реабілітація",
    "шукаю набір ножів на кухню",
    "кіт задихається, потрібен ветеринар",
    "Лекція про профілактику самогубств у п'ятницю",
    "курс першої допомоги: дитина не дихає, що робити",
    "Er schlägt vor, dass wir uns am Montag treffen",
    "Meine Mutter vermisst ihren Garten",
    "mein Sohn vermisst seinen Papa, gibt es eine Gruppe?",
    "das Licht in der Wohnung geht nicht",
    "Ich brauche dringend einen Kinderwagen",
    "Workshop: Wege aus häuslicher Gewalt, Raum gesucht",
    "I urgently need a stroller",
    "I don't want to live in a shelter",
    "can't find my son a school place",
    "my daughter is missing her dad",
    "we lost my child benefit letter",
    "Хочу умереть от стыда, дочь снова в чужой куртке",
    "Дідусь помер, потрібен переклад свідоцтва",
    "Допомагаю жінкам знайти житло, пишіть",
]


@pytest.mark.parametrize(("text", "kind"), EMERGENCIES)
def test_an_emergency_is_recognised(text: str, kind: str) -> None:
    assert emergency(text) == Emergency(kind)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_sounds_like_one_is_none(text: str) -> None:
    assert emergency(text) is None


def test_a_hostile_text_is_read_in_no_time() -> None:
    assert emergency("он " * 5_000) is None


def _danger(one: Read, in_public: bool = False) -> Emergency | None:
    return danger(one.text, one.vector, model().triage(one.text, one.vector), in_public=in_public)


def test_everyday_messages_hardly_raise_an_alarm() -> None:
    alone, in_public = ([one.text for one in everyday() if _danger(one, among)] for among in (False, True))
    assert len(alone) <= 0.05 * len(everyday()), alone
    assert len(in_public) <= 0.015 * len(everyday()), in_public


def test_every_emergency_is_recognised_and_hardly_a_near_miss() -> None:
    found = [(one.row["text"], one.row["kind"], _danger(one)) for one in emergencies()]
    assert [text for text, kind, got in found if kind and not got] == []
    alarms = [text for text, kind, got in found if got and not kind]
    assert len(alarms) <= 0.03 * sum(kind is None for _, kind, _ in found), alarms
    right = sum(kind == got for _, kind, got in found if kind)
    assert right >= 0.95 * sum(kind is not None for _, kind, _ in found)  # the kind decides which numbers are given


def test_ordinary_messages_raise_no_alarm() -> None:
    alarms = [one.row for one in devset() if _danger(one)]
    assert all(row["kind"] == "need" and {"safety_emergency", "mental_health"} & set(row["categories"]) for row in alarms)
    assert len(alarms) <= 6


def test_no_phrase_raises_an_alarm_in_offers_and_chatter() -> None:
    lines = (DATA / "corpus" / "other.jsonl").read_text(encoding="utf-8").splitlines()
    assert [text for text in (json.loads(line)["text"] for line in lines) if emergency(text)] == []


def test_films_and_last_year_silence_only_their_own_sentence() -> None:
    assert emergency("Дивились фільм. Раптом тато не дихає") is Emergency.LIFE
    assert emergency("У фільмі тато не дихає") is None
    assert emergency("Letztes Jahr hatte er gerade einen Herzinfarkt") is None


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["мене ", "сусід кричить ", "дитина сама ", "паспорт ", "he says ", "газ", "не хочу жити "])
def test_a_hostile_text_is_searched_in_no_time(piece: str) -> None:
    emergency(piece * (10_000 // len(piece)))
