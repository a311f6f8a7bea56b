"""The supervisor by itself, on programs of a line."""

import re
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from deploy import supervisor
from deploy.home import ProcessState
from deploy.parts import Program, always_ready
from deploy.supervisor import StartFailed, Supervisor
from tests.kit.waiting import eventually

SLEEP = "import signal; signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); {SLEEP}"


class Bench:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.supervisor = Supervisor(folder, {}, self.said.append, lambda: None)

    def start(self, code: str, ready: Callable[[], bool] = always_ready) -> None:
        self.supervisor.start([Program("it", (sys.executable, "-c", code), ready=ready)])

    @property
    def it(self) -> ProcessState:
        return self.supervisor.states()[0]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path)
    yield made
    await made.supervisor.stop(["it"])


async def test_the_delay_grows_with_every_death(bench: Bench) -> None:
    bench.start("raise SystemExit(3)")
    await bench.supervisor.ready(["it"], 10)
    await eventually(lambda: len([line for line in bench.said if "exit code 3" in line]) >= 3)
    delays = [float(found[1]) for line in bench.said if (found := re.search(r"again in ([\d.]+) s", line))]
    assert delays[:3] == [0.25, 0.5, 1.0]


async def test_who_never_gets_ready_is_given_up_with_its_last_words(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_DELAY", 0.01)
    bench.start("raise SystemExit('ANLAUFSTELLE_X is missing')", ready=lambda: False)
    with pytest.raises(StartFailed, match="ANLAUFSTELLE_X is missing"):
        await bench.supervisor.ready(["it"], 10)


async def test_who_is_not_ready_in_time_is_named(bench: Bench) -> None:
    bench.start(SLEEP, ready=lambda: False)
    with pytest.raises(StartFailed, match="not ready within 1 s: it"):
        await bench.supervisor.ready(["it"], 1)


async def test_who_does_not_stop_is_killed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_TIMEOUT", 0.2)
    log = bench.folder / "it.log"
    bench.start(STUBBORN, ready=lambda: log.exists() and b"here" in log.read_bytes())
    await bench.supervisor.ready(["it"], 10)
    process = bench.it.process()
    assert process
    await bench.supervisor.stop(["it"])
    assert not process.is_running()
    assert bench.said[-1] == "it does not stop; killing it"
    assert bench.it.state == "stopped"


async def test_stopping_does_not_start_again(bench: Bench) -> None:
    bench.start(SLEEP)
    await bench.supervisor.ready(["it"], 10)
    await bench.supervisor.stop(["it"])
    assert bench.it.pid is None
    assert not [line for line in bench.said if "again" in line]


async def test_losing_readiness_is_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "CALM", 0.05)
    answers = iter([True, False])
    bench.start(SLEEP, ready=lambda: next(answers, True))
    await eventually(lambda: "it is ready again" in bench.said)
    assert bench.said == ["it is ready", "it is not ready any more", "it is ready again"]


async def test_a_log_that_grew_too_large_is_moved_aside_under_its_writer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LARGEST_LOG", 1_000)
    monkeypatch.setattr(supervisor, "CALM", 0.05)
    bench.start("import sys\nwhile sys.stdin is not None: print('x' * 99, flush=True); import time; time.sleep(.01)")
    aside = bench.folder / "it.log.1"
    await eventually(aside.exists)
    await eventually(lambda: 0 < (bench.folder / "it.log").stat().st_size < 2_000)
    assert (bench.folder / "it.log").read_bytes().startswith(b"x")
