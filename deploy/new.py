"""`./anlaufstelle new channel NAME`: a channel that works and passes the conformance kit, to be changed into a real one."""

import keyword
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from services.intake.channels import NO_CHANNEL, available

from .home import REPOSITORY
from .problem import Problem
from .programs import child_environment

SKELETON = Path(__file__).parent / "skeleton"
INDEX = "docs/README.md"
RESERVED = {*NO_CHANNEL, "channel", "new", "test", "conftest"}
LONGEST_NAME = 32


def channel(name: str, folder: Path | None, console: Console) -> None:
    """Write it: here, or as a package of its own in a folder. Raises Problem."""
    _check(name)
    root = folder.resolve() if folder else REPOSITORY
    files = dict(_package(name) if folder else _room(name))
    if there := [path for path in files if (root / path).exists()]:
        raise Problem(f"{root / there[0]} exists already; nothing was written")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
        console.print(f"  {path}", highlight=False)
    if not folder:
        _note_in_docs(name)
    _say_what_next(name, folder, console)


def _check(name: str) -> None:
    if (
        not re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", name)
        or len(name) > LONGEST_NAME
        or keyword.iskeyword(name)
        or name in RESERVED
    ):
        raise Problem(f"{name!r} is no name for a channel: a-z, 0-9 and _, beginning with a letter, e.g. sms or acme_chat")
    if name in available():
        raise Problem(f"there is a channel {name} already")


def _room(name: str) -> Iterator[tuple[Path, str]]:
    """The files of a channel of ours."""
    channels, fixtures = Path("services/intake/channels"), Path("tests/channels") / name
    yield channels / f"{name}.py", _text("new_channel.py", name)
    yield channels / f"{name}.yaml", _text("new_channel.yaml", name)
    for file in sorted((SKELETON / "fixtures").glob("*.*")):
        yield fixtures / file.name, _text(f"fixtures/{file.name}", name)
    yield Path("docs/channels") / f"{name}.md", _text("page.md", name).replace("SETTINGS", "../reference/settings.md")


def _package(name: str) -> Iterator[tuple[Path, str]]:
    """The files of a channel in a package of its own."""
    yield Path("pyproject.toml"), _text("pyproject.toml", name)
    yield Path(f"{name}.py"), _text("new_channel.py", name)
    yield Path(f"{name}.yaml"), _text("new_channel.yaml", name)
    for file in sorted((SKELETON / "fixtures").glob("*.*")):
        yield Path("fixtures") / file.name, _text(f"fixtures/{file.name}", name)
    yield Path("README.md"), _text("page.md", name).replace("SETTINGS", f"{name}.py")


def _text(file: str, name: str) -> str:
    """A file of the skeleton with the channel's own names."""
    camel = "".join(part.capitalize() for part in name.split("_"))
    text = (SKELETON / file).read_text(encoding="utf-8")
    names = {
        "new_channel": name,
        "NEW_CHANNEL": name.upper(),
        "NewChannel": f"{camel}Channel",
        "NewSettings": f"{camel}Settings",
        "New channel": name,
    }
    for old, new in names.items():
        text = text.replace(old, new)
    return text


def _note_in_docs(name: str) -> None:
    """Name the page in the index, and write the pages anew that are made from the code."""
    index = REPOSITORY / INDEX
    heading, line = "**Channels**", f"- [{name}](channels/{name}.md)\n"
    before, found, after = index.read_text(encoding="utf-8").partition(heading)
    first, _, rest = after.partition("\n")
    index.write_text(f"{before}{found}{first}\n{line}{rest}" if found else f"{before}\n{line}", encoding="utf-8")
    command = (sys.executable, "-m", "deploy.reference")
    subprocess.run(command, check=True, cwd=REPOSITORY, env=child_environment())


def _say_what_next(name: str, folder: Path | None, console: Console) -> None:
    root = folder.resolve() if folder else Path()
    fixtures = root / "fixtures" if folder else Path("tests/channels") / name
    page = "README.md" if folder else f"docs/channels/{name}.md"
    steps = [
        *([f"Make it known here: .venv/bin/pip install -e {root}"] if folder else []),
        f"See it pass: ./anlaufstelle test tests/kit/channels --channel={fixtures if folder else name}",
        f"Put real updates of your provider into {fixtures}, say in kit.yaml what they are to become, and make {name}.py do it.",
        f"Say in {name}.yaml which rules it keeps, and in {page} how it is set up.",
    ]
    console.print("\nNext:", highlight=False)
    for number, step in enumerate(steps, 1):
        console.print(f"  {number}. {step}", highlight=False, soft_wrap=True)
