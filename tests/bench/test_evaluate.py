"""`./anlaufstelle evaluate`: what it counts, and what it says of a folder that it cannot read."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.fit.rows import TODAY
from bench.quality import evaluate
from bench.quality.judging import Folder, Judged
from bench.quality.measures import measures, pairwise_f1, report

KEYS = {
    "triage_macro_f1", "need_dropped", "categories_micro_f1", "pii_recall", "pii_overreach", "referral_precision",
    "referral_coverage", "hit_at_3", "false_referrals", "gap_pairwise_f1", "hard_filter_violations", "per_language",
}  # fmt: skip


def need(number: int, right: list[str], **found: Any) -> Judged:
    """A need in German that the offers `right` answer, and what was found for it."""
    row = {
        "id": f"n{number}", "kind": found.pop("labelled", "need"), "text": found.pop("text", "Bett"), "language": "de",
        "categories": ["housing"], "relevant_offers": dict.fromkeys(right, 2), "gap_theme": found.pop("theme", None),
        "pii": found.pop("pii", []),
    }  # fmt: skip
    values = {"kind": "need", "dropped": False, "redacted": row["text"], "categories": {"housing"}} | found
    return Judged(row, **values)


def offer(name: str, **facts: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": name, "title": "Betten", "description": "", "category": "housing", "districts": [], "languages_spoken": [],
        "audience": [], "horizon": [], "valid_from": None, "valid_until": None, "capacity": None, "provider_kind": "city",
        "schedule": None,
    }  # fmt: skip
    return row | facts


FOLDER = Folder(
    {one["id"]: one for one in (
        offer("good"), offer("over", valid_until="2026-11-21"), offer("full", capacity=0), offer("soon", valid_from="2026-11-23"),
        offer("women", audience=["women"]),
    )},
    [], TODAY,
)  # fmt: skip


def test_what_is_referred_is_counted() -> None:
    found = measures(
        [
            need(1, ["good"], ranked=["over", "good"], referred=["good"]),
            need(2, ["good"], ranked=["x", "y", "z", "good"]),
            need(3, ["good"], ranked=["good"], referred=["over"]),
            need(4, [], referred=["good"]),
            need(5, []),
        ],
        FOLDER,
    )
    assert found["hit_at_1"] == pytest.approx(1 / 3)
    assert found["hit_at_3"] == pytest.approx(2 / 3)
    assert found["referral_precision"] == pytest.approx(1 / 3)
    assert found["referral_coverage"] == pytest.approx(2 / 3)
    assert found["false_referrals"] == pytest.approx(1 / 2)
    assert found["hard_filter_violations"] == 1


@pytest.mark.parametrize("wrong", ["over", "full", "soon", "women"])
def test_every_plain_fact_that_is_ignored_is_counted(wrong: str) -> None:
    judged = need(1, ["good"], referred=[wrong], text="Я чоловік, шукаю де переночувати")
    assert measures([judged], FOLDER)["hard_filter_violations"] == 1


def test_triage_and_categories_are_counted() -> None:
    judged = [
        need(1, []), need(2, [], kind="chatter", dropped=True, categories=set()),
        need(3, [], labelled="chatter", kind="chatter"), need(4, [], labelled="offer", kind="offer"),
    ]  # fmt: skip
    found = measures(judged, FOLDER)
    assert found["need_dropped"] == 0.5
    assert found["triage_macro_f1"] == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    assert found["categories_micro_f1"] == pytest.approx(2 / 3)


def test_redaction_is_counted() -> None:
    judged = need(1, [], text="Bett für Vira in Gohlis", pii=["Vira"], redacted="Bett für [name] in")
    found = measures([judged], FOLDER)
    assert (found["pii_recall"], found["pii_overreach"]) == (1.0, 0.25)
    assert measures([need(1, [], text="Vira", pii=["Vira"])], FOLDER)["pii_recall"] == 0.0


def test_themes_are_compared_by_pairs() -> None:
    assert pairwise_f1([("a", "1"), ("a", "1"), ("b", "2")]) == 1.0
    assert pairwise_f1([("a", "1"), ("a", "1"), ("b", "1")]) == 0.5
    assert pairwise_f1([(None, "1"), (None, "1")]) == 0.0
    assert pairwise_f1([("a", "1")]) is None


def test_measures_are_given_per_language() -> None:
    found = report([need(1, ["good"], ranked=["good"])], FOLDER)
    assert found.keys() >= KEYS
    assert found["per_language"] == {"de": measures([need(1, ["good"], ranked=["good"])], FOLDER)}


ROWS = [
    ("Шукаю, де переночувати сьогодні вдвох, Олена, +380 00 000 0000", "uk", "need", ["housing"], {"good": 2}),
    ("Дякую всім, гарного дня!", "uk", "chatter", [], {}),
    ("Biete zwei Kindersitze, abzuholen in Gohlis", "de", "offer", ["transport"], {}),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three messages and two offers."""
    messages = [
        {
            "id": f"n{number}", "text": text, "language": language, "kind": kind, "categories": categories, "urgency": None,
            "district": None, "horizon": None, "people": None, "relevant_offers": right, "gap_theme": None,
            "contains_pii": number == 0, "pii": ["Олена", "+380 00 000 0000"] if number == 0 else [],
        }
        for number, (text, language, kind, categories, right) in enumerate(ROWS)
    ]  # fmt: skip
    offers = [offer("good", title="Schlafplatz für eine Nacht"), offer("over", title="Schlafplatz", valid_until="2026-11-01")]
    for name, some in (("needs", messages), ("offers", offers)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, some)), encoding="utf-8")
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["evaluate", *map(str, arguments)])
    return evaluate.main()


def test_a_folder_is_measured(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, folder, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() >= KEYS
    assert (found["messages"], found["pii_recall"], found["hit_at_3"]) == (3, 1.0, 1.0)
    assert found["hard_filter_violations"] == 0
    assert found["per_language"].keys() == {"uk", "de"}


def test_what_cannot_be_read_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "needs.jsonl").write_text('{"id": "n1"}')
    assert run(monkeypatch, folder) == 1
    assert "a row has no field" in capsys.readouterr().err
    (folder / "needs.jsonl").write_text("{")
    assert run(monkeypatch, folder) == 1
    assert "no JSON" in capsys.readouterr().err
    (folder / "offers.jsonl").unlink()
    assert run(monkeypatch, folder) == 1
    assert "offers.jsonl is missing" in capsys.readouterr().err
