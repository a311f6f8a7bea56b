"""Whatever is written is read without an exception, and for something sensible."""

from datetime import date

import pytest

from services.intake.domain.emergency import danger
from services.intake.domain.extraction import Facts, facts
from services.intake.domain.language import LANGUAGES, detect
from services.intake.domain.parts import parts
from services.intake.domain.redaction import redact, secrets
from services.intake.domain.topics import topics
from services.intake.domain.triage import CLASSES, Kind, model
from services.intake.understanding import _read

ODD = {
    "empty": "",
    "blank": " \n\t ",
    "emoji": "👍👨‍👩‍👧‍👦🇺🇦" * 20,
    "digits": "12345 67890 1 2 3",
    "a sign": "?",
    "nulls": "Шукаю\x00 лікаря\x00",
    "marks of direction": "\u202eШукаю\u200b лікаря\ufeff",
    "half a surrogate": "Шукаю лікаря \ud83d",
    "one word of 10,000": "а" * 10_000,
    "10,000 signs": "Шукаю лікаря для мами в Грюнау. " * 312,
    "capitals": "ТЕРМІНОВО ПОТРІБНА КОЛЯСКА",
    "combining": "Ш\u0301у\u0301каю лі\u0308каря",
    "brackets": "[name] [phone] [[[]]] <b>&amp;</b> ${x} %s {0}",
}
FOREIGN = {
    "ar": "أبحث عن طبيب أطفال لابنتي، نحن نعيش في لايبزيغ",
    "pl": "Szukam mieszkania dla trzech osób, mamy psa",
    "fr": "Je cherche un médecin pour ma mère, nous habitons à Leipzig",
    "tr": "Oğlum için kışlık mont arıyorum",
    "fa": "برای پسرم به دنبال لباس زمستانی هستم",
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_the_rules_read_everything(text: str) -> None:
    assert isinstance(facts(text, date(2026, 11, 22)), Facts)
    assert redact(redact(text)) == redact(text)
    assert all(0 <= one.start < one.end <= len(text) for one in secrets(text))
    assert detect(text, "uk") in LANGUAGES
    assert 1 <= len(parts(text)) <= 2
    assert len(topics(text)) <= 3


def test_the_models_read_everything() -> None:
    texts = [text.encode("utf-8", "replace").decode()[:400] or " " for text in (*ODD.values(), *FOREIGN.values())]
    texts.append(ODD["10,000 signs"])
    found = dict(zip([*ODD, *FOREIGN, "long"], _read(texts), strict=True))
    assert all(understood.kind in (*CLASSES, Kind.UNCLEAR) for understood in found.values())
    assert [name for name, understood in found.items() if understood.danger] == []
    assert found["long"].kind is Kind.NEED
    assert found["capitals"].kind is Kind.NEED


@pytest.mark.parametrize("language", FOREIGN)
def test_a_need_in_another_language_is_not_let_go(language: str) -> None:
    (understood,) = _read([FOREIGN[language]])
    assert understood.kind in (Kind.NEED, Kind.UNCLEAR)


def test_an_empty_text_has_probabilities() -> None:
    vector = [0.05] * 384
    found = model().triage("", vector)
    assert sum(found.probabilities) == pytest.approx(1)
    assert danger("", vector, found) is None
