"""The folder of an instance: secrets for its owner only, one supervisor at a time, orphans recognised."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from deploy.home import Home, HomeTaken, ProcessState, State
from tests.kit.waiting import eventually


def sleeper() -> psutil.Popen:
    return psutil.Popen((sys.executable, "-c", "import signal; signal.pause()"), stdin=subprocess.DEVNULL)


def test_secrets_are_made_once_and_are_for_the_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    secrets = home.secrets()
    assert home.secrets() == secrets
    assert len({*secrets.bus.values(), secrets.api_token, secrets.desk_key}) == len(secrets.bus) + 2
    assert {path.name: path.stat().st_mode & 0o077 for path in home.path.iterdir()} == {
        "secrets.json": 0,
        "logs": 0,
        "services": 0,
    }
    assert home.path.stat().st_mode & 0o077 == 0


def test_a_new_role_gets_a_password_and_the_others_keep_theirs(tmp_path: Path) -> None:
    home = Home(tmp_path)
    old = home.secrets()
    text = (tmp_path / "secrets.json").read_text()
    (tmp_path / "secrets.json").write_text(text.replace('"operator"', '"retired"'))
    new = home.secrets()
    assert new.bus["operator"] != old.bus["operator"]
    assert new.bus["web"] == old.bus["web"]


def test_a_folder_has_one_supervisor(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert not home.taken()
    home.make()
    home.take()
    assert Home(tmp_path).taken()
    with pytest.raises(HomeTaken):
        Home(tmp_path).take()


async def test_orphans_are_ended_and_strangers_with_their_pid_are_not(tmp_path: Path) -> None:
    home = Home(tmp_path)
    orphan, stranger = sleeper(), sleeper()
    home.write_state(
        State(supervisor=1, phase="ready", web=1, processes=[
            ProcessState(name="intake", pid=orphan.pid, started=orphan.create_time()),
            ProcessState(name="notify", pid=stranger.pid, started=stranger.create_time() - 100),
            ProcessState(name="web", pid=None),
        ])
    )  # fmt: skip
    assert home.end_orphans() == ["intake"]
    await eventually(lambda: orphan.poll() is not None)
    assert stranger.is_running()
    assert home.end_orphans() == []
    stranger.kill()
    stranger.wait()
