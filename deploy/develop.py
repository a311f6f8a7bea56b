"""What who works on the code types: test, lint, lock."""

import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from .home import REPOSITORY
from .problem import Problem
from .programs import child_environment

CHECKS = (
    ("-m", "ruff", "check"),
    ("-m", "ruff", "format", "--check"),
    ("-m", "mypy"),
    ("-c", "from importlinter.cli import lint_imports_command as main; main()"),
)
SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")
LOCKS = ("requirements", "requirements-dev")
OLDEST_PYTHON = "3.11"


def test(arguments: Sequence[str]) -> int:
    """Run pytest, without arguments everything and files side by side; gives its exit code."""
    return subprocess.call((sys.executable, "-m", "pytest", *(arguments or SIDE_BY_SIDE)), cwd=REPOSITORY)


def bench(arguments: Sequence[str]) -> int:
    """Run `bench/NAME` with its arguments; gives its exit code. Raises Problem."""
    names = sorted(path.parent.name for path in (REPOSITORY / "bench").glob("*/__main__.py"))
    if not arguments or arguments[0] not in names:
        raise Problem(f"name a benchmark: {', '.join(names)}")
    command = (sys.executable, "-m", f"bench.{arguments[0]}", *arguments[1:])
    return subprocess.call(command, cwd=REPOSITORY, env=child_environment())


def evaluate(arguments: Sequence[str]) -> int:
    """Run `bench.quality.evaluate`; gives its exit code."""
    return subprocess.call((sys.executable, "-m", "bench.quality.evaluate", *arguments), cwd=Path.cwd(), env=child_environment())


def lint(console: Console) -> int:
    """Run every check, even after one has failed; gives the number of those that did."""
    failed = 0
    for check in CHECKS:
        console.print(f"[bold]{' '.join(check[1:3]) if check[0] == '-m' else 'lint-imports'}[/]", highlight=False)
        failed += subprocess.call((sys.executable, *check), cwd=REPOSITORY) != 0
    return failed


def lock() -> None:
    """Pin what the .in files ask for, with hashes, for every platform and Python that we support."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        tools = Path(folder) / "bin"
        subprocess.run((tools / "pip", "install", "--quiet", "uv"), check=True)
        for name in LOCKS:
            subprocess.run(
                (
                    tools / "uv", "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST_PYTHON,
                    "--generate-hashes", "--no-header", f"{name}.in", "-o", f"{name}.lock",
                ),
                check=True, cwd=REPOSITORY,
            )  # fmt: skip
