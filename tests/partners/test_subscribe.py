"""The example of docs/how-to/subscribe.md, word for word, as a process of a partner who has the contracts and nats-py only."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from anlaufstelle_contracts import GapDetected, ProjectProposed

from tests.kit.infra import Bus, Store
from tests.kit.running import ROOT, build, example, operator, provisioned, say, settings_for, started
from tests.kit.waiting import eventually
from tests.partners.conftest import NAME


@pytest.fixture
def script(tmp_path: Path) -> Path:
    page = (ROOT / "docs" / "how-to" / "subscribe.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "subscribe.py"
    path.write_text(code, encoding="utf-8")
    return path


@contextmanager
def running(script: Path, bus: Bus) -> Iterator[Path]:
    """The example as a process; gives the file it prints to."""
    environment = {"NATS_URL": bus.url, "NATS_USER": NAME, "NATS_PASSWORD": bus.passwords[NAME]}
    output = script.with_suffix(".out")
    with output.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, script.name], cwd=script.parent, stdout=out, stderr=out,
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT / "contracts")},
        )  # fmt: skip
        try:
            yield output
            assert process.poll() is None, output.read_text()
        finally:
            process.kill()
            process.wait()


async def test_a_partner_hears_of_projects_goes_on_after_a_crash_and_leaves_out_what_it_cannot_read(
    script: Path, bus: Bus, store: Store
) -> None:
    gap = example(GapDetected)
    other = gap.model_copy(update={"id": "other", "data": {**gap.data, "gap_id": "other-gap"}, "subject": "other-gap"})
    await provisioned(bus)
    async with started(build("projects", settings_for("projects", bus, store))):
        with running(script, bus) as output:
            await say(bus, gap)
            heard = await eventually(output.read_text)
            kind, body = heard.split(maxsplit=1)
            assert kind == ProjectProposed.type
            assert json.loads(body)["gap_id"] == gap.data["gap_id"]

        async with operator(bus) as client:
            await client.jetstream().publish("public.needs.unmet.v2.x", other.model_copy(update={"type": "newer"}).to_json())
        await say(bus, other)
        with running(script, bus) as output:
            await eventually(lambda: len(output.read_text().splitlines()) == 2)
            left_out, heard = output.read_text().splitlines()
            assert left_out == "left out: unknown event type 'newer'"
            assert json.loads(heard.split(maxsplit=1)[1])["gap_id"] == "other-gap"
            await eventually(lambda: all_acknowledged(bus))


async def all_acknowledged(bus: Bus) -> bool:
    async with operator(bus) as client:
        info = await client.jetstream().consumer_info("PUBLIC", NAME)
        return (info.num_ack_pending, info.num_pending) == (0, 0)
