"""The tutorial is done word for word: its files are written, its commands run, and what it promises is so."""

import re
import shlex
from pathlib import Path

from tests.kit.copies import run

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "channel.md"
MOST_LINES = 80
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def modules(line: str) -> list[str]:
    """A command of the page as `python -m` takes it."""
    match shlex.split(line):
        case ["./anlaufstelle", "test", *more]:
            return ["pytest", "-q", "-p", "no:cacheprovider", *more]
        case ["./anlaufstelle", *more]:
            return ["deploy.cli", *more]
        case ["PYTHONPATH=.:contracts", ".venv/bin/python", "-m", *more]:
            return more
        case _:
            raise AssertionError(f"nothing is known of: {line}")


def test_the_tutorial_works_word_for_word(copy: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    commands = [modules(line) for kind, _, body in blocks if kind == "console" for line in body.splitlines()]
    files = {file: body for _, file, body in blocks if file}
    first, *between, make_pages, last = commands
    assert first == ["deploy.cli", "new", "channel", "sms"]
    assert [command[-1] for command in between] == ["--channel=sms"] * 2  # part of the last one
    assert run(copy, *first).returncode == 0
    for file, body in files.items():
        (copy / file).write_text(body, encoding="utf-8")
    assert run(copy, *make_pages).returncode == 0
    passed = run(copy, *last)
    assert passed.returncode == 0, passed.stdout[-4000:]
    assert "| [sms](../channels/sms.md) | gold |" in (copy / "docs/reference/channels.md").read_text()

    code = files["services/intake/channels/sms.py"]
    lines = sum(bool(line.strip()) for line in code.splitlines())
    assert f"{lines} lines of channel" in text
    assert lines <= MOST_LINES
    linted = run(copy, "ruff", "check", *(file for file in files if file.endswith(".py")))
    assert linted.returncode == 0, linted.stdout
