"""Synapse, the homeserver that most use, from its package: a Matrix that nobody here wrote, and people who use it."""

import asyncio
import fcntl
import hashlib
import hmac
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import yaml

from deploy import parts
from tests.kit.waiting import eventually

LOCK = Path(__file__).with_name("synapse.lock")
ROOT = Path(__file__).parents[2]
INSTALL_WITHIN = 300
SECRET = "secret-of-a-test"
NAME = "example.org"
MANY = {"per_second": 1000, "burst_count": 1000}


class Member:
    """An account and what its programme does."""

    def __init__(self, url: str, user_id: str, token: str) -> None:
        self.id, self.token = user_id, token
        self.http = httpx.AsyncClient(
            base_url=f"{url}/_matrix/client/v3/", headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=20
        )
        self._names = count(1)

    async def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """One request."""
        answer = await self.http.request(method, path, json=body, params=query)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def room_with(self, *others: str, **more: Any) -> str:
        """A room to which others are invited."""
        return str((await self.ask("POST", "createRoom", {"invite": list(others), **more}))["room_id"])

    async def join(self, room: str) -> None:
        """Go to a room."""
        await self.ask("POST", f"rooms/{quote(room)}/join", {})

    async def leave(self, room: str) -> None:
        """Go away."""
        await self.ask("POST", f"rooms/{quote(room)}/leave", {})

    async def send(self, room: str, content: dict[str, Any], kind: str = "m.room.message") -> str:
        """An event; gives its id."""
        path = f"rooms/{quote(room)}/send/{kind}/{next(self._names)}"
        return str((await self.ask("PUT", path, content))["event_id"])

    async def say(self, room: str, text: str, **more: Any) -> str:
        """A message."""
        return await self.send(room, {"msgtype": "m.text", "body": text, **more})

    async def change(self, room: str, event: str, text: str) -> str:
        """Say something else instead."""
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event}
        return await self.say(room, f"* {text}", **{"m.new_content": new, "m.relates_to": relation})

    async def take_back(self, room: str, event: str) -> None:
        """Redact."""
        await self.ask("PUT", f"rooms/{quote(room)}/redact/{quote(event)}/{next(self._names)}", {})

    async def heard(self, room: str, sender: str, count: int = 1) -> list[dict[str, Any]]:
        """What somebody said in a room, oldest first; at least `count` messages."""

        async def enough() -> list[dict[str, Any]]:
            chunk = (await self.ask("GET", f"rooms/{quote(room)}/messages", dir="b", limit=100))["chunk"]
            said = [each for each in chunk if each["type"] == "m.room.message" and each["sender"] == sender and each["content"]]
            return said[::-1] if len(said) >= count else []

        return await eventually(enough, timeout=20, interval=0.1)

    async def members(self, room: str) -> set[str]:
        """Who is there."""
        return set((await self.ask("GET", f"rooms/{quote(room)}/joined_members"))["joined"])


class Homeserver:
    """A running one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._members: list[Member] = []

    async def register(self, name: str) -> Member:
        """A new account."""
        path = f"{self.url}/_synapse/admin/v1/register"
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            nonce = (await http.get(path)).json()["nonce"]
            said = "\x00".join((nonce, name, "password", "notadmin"))
            mac = hmac.new(SECRET.encode(), said.encode(), hashlib.sha1).hexdigest()
            body = {"nonce": nonce, "username": name, "password": "password", "admin": False, "mac": mac}
            made = (await http.post(path, json=body)).raise_for_status().json()
        member = Member(self.url, made["user_id"], made["access_token"])
        self._members.append(member)
        return member

    async def close(self) -> None:
        """End what people hold open."""
        for member in self._members:
            await member.http.aclose()


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Homeserver]:
    """A homeserver on a free port, that keeps its things in an empty folder."""
    python = await asyncio.to_thread(_installed)
    port = parts.free_port()
    config = folder / "homeserver.yaml"
    config.write_text(yaml.safe_dump(_config(folder, port)), encoding="utf-8")
    start = [str(python), "-m", "synapse.app.homeserver", "--config-path", str(config)]
    made = await asyncio.to_thread(subprocess.run, [*start, "--generate-keys"], cwd=folder, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    process = await asyncio.create_subprocess_exec(*start, cwd=folder, stderr=subprocess.DEVNULL)
    server = Homeserver(f"http://127.0.0.1:{port}")
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            await eventually(lambda: _answers(http, server.url), timeout=60, interval=0.1)
        yield server
    finally:
        await server.close()
        process.terminate()
        await process.wait()


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(f"{url}/health")).is_success
    except httpx.HTTPError:
        return False


def _config(folder: Path, port: int) -> dict[str, Any]:
    invites = dict.fromkeys(("per_room", "per_user", "per_issuer"), MANY)
    listener = {"type": "http", "port": port, "bind_addresses": ["127.0.0.1"], "resources": [{"names": ["client"]}]}
    unlimited = dict.fromkeys(("rc_message", "rc_joins_per_room", "rc_registration"), MANY)
    return {
        "server_name": NAME, "listeners": [listener], "report_stats": False, "trusted_key_servers": [],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "signing_key_path": str(folder / "signing.key"), "media_store_path": str(folder / "media"),
        "pid_file": str(folder / "homeserver.pid"),
        "registration_shared_secret": SECRET, "macaroon_secret_key": secrets.token_hex(), "form_secret": secrets.token_hex(),
        "rc_joins": {"local": MANY, "remote": MANY}, "rc_invites": invites,
        **unlimited,
    }  # fmt: skip


def _installed() -> Path:
    """The Python of an environment with what synapse.lock pins, made once for all test processes. Fails with what pip says."""
    home = ROOT / "var" / "peers" / f"synapse-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    python = home / "bin" / "python"
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "done").exists():
            _run(sys.executable, "-m", "venv", "--clear", str(home))
            _run(str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK))
            (home / "done").touch()
    return python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_WITHIN)
    assert done.returncode == 0, f"`{' '.join(command[1:4])}` failed:\n{done.stdout}{done.stderr}"
