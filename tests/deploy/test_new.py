"""`./anlaufstelle new channel`: what it writes works at once, here and as a package; and the kit finds what does not."""

import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from deploy import new
from deploy.home import REPOSITORY
from deploy.problem import Problem
from services.intake.channels.base import Capability, Incoming, Manifest
from tests.kit.channels import recordings
from tests.kit.channels.host import RecordingHost
from tests.kit.channels.recordings import FixturesError
from tests.kit.copies import run

NAME = "acme_sms"


def kit(root: Path, channel: str, *more: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    return run(root, "pytest", "-q", "-p", "no:cacheprovider", "tests/kit/channels", f"--channel={channel}", *more, path=path)


def installed(folder: Path) -> None:
    """What pip would note of the package, without a build."""
    info = folder / "anlaufstelle_acme_sms-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: anlaufstelle-acme-sms\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(f"[anlaufstelle.channels]\n{NAME} = {NAME}:AcmeSmsChannel\n")


def test_a_new_channel_leaves_everything_in_order(copy: Path) -> None:
    made = run(copy, "deploy.cli", "new", "channel", NAME)
    assert made.returncode == 0, made.stderr
    assert f"./anlaufstelle test tests/kit/channels --channel={NAME}" in made.stdout
    passed = kit(
        copy, NAME, "tests/docs/test_links.py", "tests/deploy/test_reference.py", "-k", "test_declared or docs or deploy"
    )
    assert passed.returncode == 0, passed.stdout[-4000:]
    written = [f"services/intake/channels/{NAME}.py", f"tests/channels/{NAME}"]
    linted = run(copy, "ruff", "check", *written)
    assert linted.returncode == 0, linted.stdout
    assert run(copy, "ruff", "format", "--check", *written).returncode == 0
    assert f"| {NAME} | bronze |" in (copy / "docs/reference/channels.md").read_text()
    again = run(copy, "deploy.cli", "new", "channel", NAME)
    assert (again.returncode, again.stderr) == (1, f"Error: there is a channel {NAME} already\n")


def test_a_package_of_its_own_passes_the_kit_at_once_and_a_dishonest_one_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    made = run(REPOSITORY, "deploy.cli", "new", "channel", NAME, "--folder", str(folder))
    assert made.returncode == 0, made.stderr
    assert f"--channel={folder}/fixtures" in made.stdout
    installed(folder)
    passed = kit(REPOSITORY, str(folder / "fixtures"), "-k", "not over_repetitions", path=folder)
    assert passed.returncode == 0, passed.stdout[-4000:]

    file = folder / f"{NAME}.py"
    file.write_text(
        file.read_text()
        .replace("frozenset({Capability.PRIVATE_CHAT})", "frozenset({Capability.PRIVATE_CHAT, Capability.EDITS})")
        .replace("if answer.status_code == 429", "if answer.status_code == 430")
        .replace("            check_secret(secret, self.settings.webhook_secret)\n", "            print(secret)\n")
        .replace("await host.hear(", "print(said.text); await host.hear(")
    )
    failed = kit(REPOSITORY, str(folder / "fixtures"), "-k", "shown_by or busy or secret_is or people_are", path=folder)
    assert failed.returncode == 1
    for case in (
        f"FAILED tests/kit/channels/test_declared.py::test_each_capability_is_shown_by_a_recording[{NAME}]",
        f"FAILED tests/kit/channels/test_sending.py::test_a_provider_that_fails[{NAME}-busy]",
        f"FAILED tests/kit/channels/test_hearing.py::test_who_does_not_know_the_secret_is_nobody[{NAME}]",
        f"ERROR tests/kit/channels/test_hearing.py::test_people_are_told_apart_and_so_are_equal_words[{NAME}]",
    ):
        assert case in failed.stdout


@pytest.mark.parametrize("name", ["Sms", "sms-gate", "2sms", "_sms", "sms_", "class", "base", "x" * 33, ""])
def test_a_bad_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem, match=r"is no name for a channel: a-z, 0-9 and _, beginning with a letter, e.g. sms"):
        new.channel(name, tmp_path, Console())
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    refused = run(REPOSITORY, "deploy.cli", "new", "channel", NAME, "--folder", str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr == f"Error: {tmp_path}/README.md exists already; nothing was written\n"
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_fixtures_that_are_none_say_so(tmp_path: Path) -> None:
    with pytest.raises(FixturesError, match=r"is no folder of a channel's fixtures: it has no kit.yaml"):
        recordings.read(tmp_path)
    (tmp_path / "provider.py").touch()
    (tmp_path / "kit.yaml").write_text("channel: sms\nrecordings: {text.json: {becomes: []}}")
    with pytest.raises(FixturesError, match=r"kit.yaml names recordings that are not there: text.json"):
        recordings.read(tmp_path)
    (tmp_path / "kit.yaml").write_text("chanel: sms")
    with pytest.raises(FixturesError, match="chanel"):
        recordings.read(tmp_path)


async def test_a_change_under_the_name_of_what_it_changes_is_found_out() -> None:
    host = RecordingHost(Manifest("plaza", frozenset(Capability)))
    await host.hear(Incoming("olena", "one", "Потрібен велосипед"))
    await host.hear(Incoming("olena", "one/e1", "Потрібне ліжко", edits="one"))
    assert host.dishonest == []
    await host.hear(Incoming("olena", "one", "Потрібне ліжко", edits="one"))
    await host.hear(Incoming("olena", "one", deletes="one"))
    assert len(host.dishonest) == 2
