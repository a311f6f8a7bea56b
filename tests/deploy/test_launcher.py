"""./anlaufstelle on a machine that lacks something, and what it installs when."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.home import REPOSITORY

TOOLS = ("sh", "dirname", "readlink", "cat", "cksum", "setpriv")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A path with nothing on it but what every Debian has."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    for tool in TOOLS:
        where = shutil.which(tool)
        assert where
        (binaries / tool).symlink_to(where)
    return binaries


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose locks pin nothing and whose command line tells how it was called."""
    clone = tmp_path / "a clone"
    (clone / "deploy").mkdir(parents=True)
    shutil.copy(REPOSITORY / "anlaufstelle", clone)
    (clone / "requirements.lock").touch()
    (clone / "requirements-dev.lock").touch()
    (clone / "deploy" / "cli.py").write_text("import sys; print(sys.argv[1:], sys.prefix)")
    return clone


def launch(clone: Path, machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(machine), "HOME": str(clone)}
    return subprocess.run(
        (str(clone / "anlaufstelle"), *arguments), capture_output=True, text=True, env=environment, cwd="/", check=False
    )  # fmt: skip


def fake_python(machine: Path, name: str, *, new: bool, venv: bool) -> None:
    """An interpreter that answers the launcher's questions only."""
    python = machine / name
    answers = f"*version_info\\ *) exit {int(not new)};; *ensurepip*) exit {int(not venv)};; *) echo python3.11;;"
    python.write_text(f'#!/bin/sh\ncase "$*" in {answers} esac\n')
    python.chmod(0o755)


def test_without_python_it_says_what_to_install(clone: Path, machine: Path) -> None:
    launched = launch(clone, machine, "up")
    assert launched.returncode == 1
    assert (
        launched.stderr == "Error: Python 3.11 or newer is needed. On Debian or Ubuntu: sudo apt install python3 python3-venv\n"
    )


def test_an_old_python_is_none(clone: Path, machine: Path) -> None:
    fake_python(machine, "python3", new=False, venv=True)
    assert "Python 3.11 or newer is needed" in launch(clone, machine, "up").stderr


def test_a_python_without_venv_is_told_which_package_is_missing(clone: Path, machine: Path) -> None:
    fake_python(machine, "python3", new=True, venv=False)
    launched = launch(clone, machine, "up")
    assert launched.returncode == 1
    assert launched.stderr.endswith("sudo apt install python3.11-venv\n")


def test_the_lock_is_installed_once_and_again_when_it_changes(clone: Path, machine: Path) -> None:
    (machine / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    first = launch(clone, machine, "say", "two words")
    assert first.stdout == f"['say', 'two words'] {clone / '.venv'}\n"
    assert "Installing what requirements.lock pins" in first.stderr
    assert "requirements-dev" not in first.stderr

    assert launch(clone, machine, "status").stderr == ""

    assert "Installing what requirements-dev.lock pins" in launch(clone, machine, "test").stderr

    (clone / "requirements.lock").write_text("# changed\n")
    assert "Installing what requirements.lock pins" in launch(clone, machine, "status").stderr

    link = machine / "help-desk"
    link.symlink_to(clone / "anlaufstelle")
    linked = subprocess.run((link, "x"), capture_output=True, text=True, env={"PATH": str(machine)}, check=False)
    assert linked.stdout == f"['x'] {clone / '.venv'}\n"

    wheel = clone / "x-1.0-py3-none-any.whl"
    wheel.touch()
    (clone / "requirements.lock").write_text(f"x @ {wheel.as_uri()}\n")
    unhashed = launch(clone, machine, "status")
    assert unhashed.returncode == 1
    assert "Hashes are required" in unhashed.stderr
    assert "the installation failed" in unhashed.stderr
