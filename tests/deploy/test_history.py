"""`anlaufstelle history`: what is counted of an export, written by hand as Telegram Desktop writes it."""

import json
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deploy import telegram_export
from deploy.history import Counts, history
from deploy.problem import Problem
from deploy.telegram_export import Said
from services.intake import understanding
from services.intake.domain.triage import Kind
from services.intake.understanding import Understood

NEED = "Шукаю кімнату для двох, дуже потрібне житло"
OFFER = "Biete ein Fahrrad kostenlos an"
OKSANA, PETRO = {"from": "Oksana", "from_id": "user1"}, {"from": "Petro", "from_id": "user2"}


def message(number: int, text: object, month: str = "2022-03", **more: Any) -> dict[str, Any]:
    return {
        "id": number, "type": "message", "date": f"{month}-05T12:00:00", "date_unixtime": "1646478000", **OKSANA, "text": text,
        "text_entities": [], **more,
    }  # fmt: skip


def service(number: int, action: str, **more: Any) -> dict[str, Any]:
    head = {"id": number, "type": "service", "date": "2022-03-01T08:00:00", "actor": "Petro", "actor_id": "user2"}
    return {**head, "action": action, "text": "", "text_entities": [], **more}


def group(*messages: dict[str, Any], kind: str = "public_supergroup") -> dict[str, Any]:
    return {"name": "Сусіди", "type": kind, "id": 1763980000, "messages": list(messages)}


FORUM = group(
    service(1, "migrate_from_group", title="Сусіди"),
    service(2, "topic_created", title="Житло"),
    message(3, NEED, reply_to_message_id=2),
    message(4, ["Шукаю ", {"type": "bold", "text": "житло"}, " для сім'ї"], edited="2022-03-05T12:05:00"),
    message(5, "Напишіть мені", reply_to_message_id=3, **PETRO),
    message(6, "уточню: на двох", reply_to_message_id=4),
    message(7, OFFER, month="2022-04", **PETRO),
    message(8, "👍", month="2022-04", **PETRO),
    message(9, "", photo="(File not included. Change data exporting settings to download.)"),
    message(10, NEED, forwarded_from="Somebody"),
    message(11, NEED, via_bot="@texts_bot"),
    message(12, NEED, **{"from": "Сусіди", "from_id": "channel1763980000"}),
    message(13, NEED, from_id="user3") | {"from": None},
    message(14, "/mode listen"),
    message(15, "Людина не дихає, викличте швидку!", month="2022-04"),
    {"id": "broken"},
)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[object], Path]:
    """Writes an export."""

    def write(content: object) -> Path:
        file = tmp_path / "result.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1))
        return file

    return write


def counted(file: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    history(file, Console(width=120), as_json=True)
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_everything_is_counted_by_month_and_kind(write: Callable[[object], Path], capsys: pytest.CaptureFixture[str]) -> None:
    said = counted(write(FORUM), capsys)
    assert (said["groups"], said["messages"]) == (1, 15)
    assert said["left_out"] == 7  # two of the chat itself, a picture, one passed on, a bot's, a channel's, a command
    march, april = said["by_month"]["2022-03"], said["by_month"]["2022-04"]
    assert march["need"] == 3
    assert (april["offer"], april["chatter"], april["emergency"]) == (1, 1, 1)
    assert (said["needs"], said["needs_nobody_replied_to"]) == (4, 3)  # a reply of one's own is none
    assert said["categories"]["housing"] >= 1
    assert said["languages"] == {"uk": 4, "de": 1}


def test_of_a_whole_account_only_groups_are_read(write: Callable[[object], Path], capsys: pytest.CaptureFixture[str]) -> None:
    private = [group(message(1, NEED), kind=kind) for kind in ("personal_chat", "saved_messages", "bot_chat", "private_channel")]
    without_type = {"id": 5, "messages": [message(1, NEED)]}
    account = {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 1, "type": "public_supergroup", "messages": [message(9, NEED)]},
        "chats": {"about": "", "list": [group(message(1, NEED)), *private, without_type]},
        "left_chats": {"about": "", "list": [group(message(1, OFFER, **PETRO), kind="private_group")]},
    }
    said = counted(write(account), capsys)
    assert (said["groups"], said["messages"], said["kinds"]["need"], said["kinds"]["offer"]) == (2, 2, 1, 1)


def test_the_table_holds_counts_and_neither_words_nor_names(
    write: Callable[[object], Path], capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    history(write(FORUM), Console(width=120), as_json=False)
    captured = capsys.readouterr()
    assert "Of 4 needs, nobody replied in the group to 3 (75 %)" in captured.out
    assert "2022-04" in captured.out
    assert "Housing" in captured.out
    assert not [word for word in ("Oksana", "Petro", "Сусіди", "Шукаю", "Fahrrad") if word in captured.out + captured.err]


@pytest.mark.parametrize(
    "content",
    ["", "{", '{"name": "x", "type": "private_group", "messages": [{"id": 1, "text": "Шукаю', "<html></html>", "\x00\x01"],
)  # fmt: skip
def test_a_broken_file_is_said_to_be_one(write: Callable[[object], Path], content: str) -> None:
    with pytest.raises(Problem, match="no whole JSON file") as problem:
        history(write(content), Console(), as_json=True)
    assert "Шукаю" not in str(problem.value)


@pytest.mark.parametrize("content", ["[]", "7", "null", '{"messages": 5}', '{"type": "public_channel", "messages": []}'])
def test_a_file_without_groups_is_said_to_be_one(write: Callable[[object], Path], content: str) -> None:
    with pytest.raises(Problem, match="no group chat"):
        history(write(content), Console(), as_json=True)


def test_no_file_and_no_text_are_said(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="No such file"):
        history(tmp_path / "result.json", Console(), as_json=True)
    (tmp_path / "result.json").write_bytes(b'{"type": "private_group", "messages": [{"id": 1, "text": "\xff\xfe"}]}')
    with pytest.raises(Problem, match="no whole JSON file"):
        history(tmp_path / "result.json", Console(), as_json=True)


def test_a_large_file_is_read_piece_by_piece(tmp_path: Path) -> None:
    file, words = tmp_path / "result.json", "слово " * 400
    piece = json.dumps(message(1, words), ensure_ascii=False)
    with file.open("w") as out:
        out.write('{"name": "x", "type": "private_supergroup", "id": 1, "messages": [' + piece)
        for _ in range(7_000):
            out.write("," + piece)
        out.write("]}")
    assert file.stat().st_size > 30_000_000
    before, seen = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
    reached: list[int] = []
    for said in telegram_export.read(file, reached.append):
        assert said.text == words.strip()
        seen += 1
    assert seen == 7_001
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 15_000  # kilobytes
    assert reached[-1] == file.stat().st_size


def test_needs_wait_for_replies_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.history.OPEN", 2)
    counts = Counts()
    for number in (1, 2, 3):
        counts.add(Said(1, number, "user1", "2022-03", NEED), NEED, Kind.NEED)
    for number in (1, 3, 3):
        counts.add(Said(1, 10 + number, "user2", "2022-03", "так", answers=number), "так", Kind.CHATTER)
    assert counts.answered == 1  # the first is not waited for any more, the third was replied to twice


@pytest.fixture(autouse=True)
def _kinds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Triage by a word: what the model says of these texts is not this test's business, and loading it takes seconds."""

    def read(texts: list[str]) -> list[Understood]:
        words = {"Шукаю": Kind.NEED, "Biete": Kind.OFFER}
        return [Understood(next((kind for word, kind in words.items() if word in text), Kind.CHATTER)) for text in texts]

    monkeypatch.setattr(understanding, "_read", read)
