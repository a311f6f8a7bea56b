"""A copy of the repository in which a test may write."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.home import REPOSITORY

COPIED = ("deploy", "docs", "services", "tests", "chassis", "contracts")
LINKED = ("README.md", "CONTRIBUTING.md", "pyproject.toml", "bench", "data", "local", "LICENSE")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository."""
    made = tmp_path / "copy"
    ignore = shutil.ignore_patterns("__pycache__", "var")
    for name in COPIED:
        shutil.copytree(REPOSITORY / name, made / name, ignore=ignore)
    for name in LINKED:
        (made / name).symlink_to(REPOSITORY / name)
    return made


def run(root: Path, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`python -m …` in a copy, perhaps with another package to be found."""
    found = os.pathsep.join(str(each) for each in (root, root / "contracts", *([path] if path else [])))
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": found}, capture_output=True, text=True)
