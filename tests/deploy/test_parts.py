"""Bus and store as the services will find them: durable, restartable in place, and closed to whoever has no right."""

import asyncio
import subprocess
import sys
from pathlib import Path

import nats
import pytest
from anlaufstelle_contracts.topology import ROLES
from nats.js.api import StreamConfig
from pymongo import AsyncMongoClient

from deploy import parts
from deploy.home import REPOSITORY
from deploy.nats_config import nats_config
from deploy.programs import child_environment
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually


async def test_bus_keeps_what_it_acknowledged_through_sigkill(bus: Bus) -> None:
    client = await nats.connect(bus.url, user="operator", password=bus.passwords["operator"], max_reconnect_attempts=-1)
    await client.jetstream().add_stream(StreamConfig("INTERNAL", subjects=["internal.>"]))
    await client.jetstream().publish("internal.x", b"1")
    bus.kill()
    bus.start()
    await asyncio.to_thread(bus.wait_ready)
    await eventually(lambda: client.is_connected)
    assert (await client.jetstream().stream_info("INTERNAL")).state.messages == 1
    await client.close()


async def test_every_role_can_log_in_with_its_password_only(bus: Bus) -> None:
    async def silent(_: Exception) -> None:
        """Errors are what this test looks for; they come as exceptions too."""

    for role in ROLES:
        client = await nats.connect(bus.url, user=role.name, password=bus.passwords[role.name])
        await client.close()
        with pytest.raises(nats.errors.Error, match=r"(?i)authorization"):
            await nats.connect(bus.url, user=role.name, password="wrong", allow_reconnect=False, error_cb=silent)


async def test_a_service_may_not_say_what_another_emits(bus: Bus) -> None:
    errors: list[str] = []

    async def note(error: Exception) -> None:
        errors.append(str(error))

    client = await nats.connect(bus.url, user="notify", password=bus.passwords["notify"], error_cb=note)
    await client.publish("internal.needs.matched.v1.x", b"")
    await client.flush()
    await eventually(lambda: any("permissions violation" in error.lower() for error in errors))
    await client.close()


def test_config_wants_a_password_for_every_role() -> None:
    with pytest.raises(KeyError, match="operator"):
        nats_config(
            {role.name: "x" for role in ROLES if role.name != "operator"},
            store_dir="x", host="h", port=1, monitor_host="h", monitor_port=2,
        )  # fmt: skip


def test_a_port_is_given_to_one_process_only() -> None:
    mine = parts.free_port()
    everything = "from deploy import parts; print(*parts.free_ports())"
    others = subprocess.run(
        (sys.executable, "-c", everything), cwd=REPOSITORY, env=child_environment(), capture_output=True, text=True, check=True
    )
    given = set(map(int, others.stdout.split()))
    assert len(given) > 1_000
    assert mine not in given


async def test_bus_that_may_lose_messages_is_refused(tmp_path: Path) -> None:
    port, monitor = parts.free_port(), parts.free_port()
    program = parts.bus(tmp_path, port, monitor, Bus.passwords)
    config = tmp_path / "nats.conf"
    assert config.stat().st_mode & 0o077 == 0
    config.write_text(config.read_text().replace("sync_interval: always", "sync_interval: 2m"))
    process = parts.spawn(program, tmp_path / "log", {})
    try:

        def refused() -> bool:
            try:
                program.ready()
            except parts.PartError as error:
                return "sync_interval" in str(error)
            return False

        await eventually(refused)
    finally:
        process.kill()


def test_tests_in_containers_run_on_what_is_deployed() -> None:
    compose = (REPOSITORY / "deploy" / "compose.yaml").read_text()
    assert f"image: {parts.NATS_IMAGE}\n" in compose
    assert f"image: {parts.MONGO_IMAGE}\n" in compose


async def test_store_keeps_a_committed_transaction_through_sigkill(store: Store) -> None:
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(store.url)
    async with client.start_session() as session, await session.start_transaction():
        await client["a"]["b"].insert_one({"_id": 1}, session=session)
    store.kill()
    store.start()
    await asyncio.to_thread(store.wait_ready)
    assert await client["a"]["b"].count_documents({}) == 1
    await client.close()


async def test_every_test_gets_an_empty_store(store: Store) -> None:
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(store.url)
    assert "a" not in await client.list_database_names()
    await client.close()
