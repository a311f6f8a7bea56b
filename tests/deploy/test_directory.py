"""`anlaufstelle import`: offers from a file, into the instance that runs here or the one that the environment names."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deploy import directory
from deploy.problem import Problem
from tests.deploy.conftest import Instance
from tests.kit.waiting import eventually


class Matching:
    """Stands in for matching: keeps what it is asked, answers what it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str, bytes]] = []
        self.status, self.answer = 200, json.dumps({"published": 1, "changed": 2, "unchanged": 3, "errors": []})
        matching = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                matching.asked.append((self.path, self.headers["Authorization"], self.headers["Content-Type"], body))
                self.send_response(matching.status)
                self.end_headers()
                self.wfile.write(matching.answer.encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing of every request."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.environment = {
            "ANLAUFSTELLE_MATCHING_URL": f"http://127.0.0.1:{self.server.server_port}/", "ANLAUFSTELLE_API_TOKEN": "secret",
        }  # fmt: skip


@pytest.fixture
def matching() -> Iterator[Matching]:
    made = Matching()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def offers(tmp_path: Path) -> Path:
    path = tmp_path / "offers.jsonl"
    path.write_text('{"id": "o1"}\n')
    return path


def load(matching: Matching, file: Path, sample: bool = False) -> tuple[bool, str]:
    console = Console(width=200)
    with console.capture() as said:
        done = directory.load(console, file, sample, matching.environment)
    return done, said.get()


def test_json_lines_are_imported(matching: Matching, offers: Path) -> None:
    assert load(matching, offers, sample=True) == (True, "1 published, 2 changed, 3 unchanged, 0 not read\n")
    assert matching.asked == [
        ("/directory/import?sample=true", "Bearer secret", "application/x-ndjson", offers.read_bytes()),
    ]  # fmt: skip


def test_what_could_not_be_read_is_said_line_by_line(matching: Matching, offers: Path) -> None:
    hsds = offers.rename(offers.with_suffix(".JSON"))
    matching.answer = json.dumps(
        {
            "published": 0, "changed": 0, "unchanged": 0,
            "errors": [{"line": 2, "error": "no title [red]"}, {"path": "/1/name", "error": "missing"}],
        }
    )  # fmt: skip
    done, said = load(matching, hsds)
    assert not done
    assert said.splitlines() == [
        "line 2: no title [red]", "/1/name: missing", "0 published, 0 changed, 0 unchanged, 2 not read",
    ]  # fmt: skip
    assert matching.asked[0][0::2] == ("/directory/import?sample=false", "application/json")


def test_what_stands_in_the_way_is_said(matching: Matching, offers: Path) -> None:
    with pytest.raises(Problem, match=r"has to end in \.jsonl"):
        load(matching, offers.with_suffix(".csv"))
    with pytest.raises(Problem, match="No such file"):
        load(matching, offers.with_name("none.jsonl"))
    matching.status, matching.answer = 401, '{"detail": "send the bearer token"}'
    with pytest.raises(Problem, match=r"401 .*send the bearer token"):
        load(matching, offers)
    matching.environment["ANLAUFSTELLE_MATCHING_URL"] = "http://127.0.0.1:9"
    with pytest.raises(Problem, match="does not answer at"):
        load(matching, offers)


async def test_without_an_address_it_is_the_instance_that_runs_here(instance: Instance, offers: Path) -> None:
    assert "is not running" in instance.command("import", str(offers)).stderr
    instance.up()
    await eventually(instance.ready, 30)
    imported = instance.command("import", str(offers), "--sample")
    assert (imported.returncode, imported.stdout) == (0, "1 published, 0 changed, 0 unchanged, 0 not read\n"), imported.stderr
