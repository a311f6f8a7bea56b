"""One machine: what dies comes back, what is stopped goes in order, and nobody gets into another's way."""

import os
import signal
import socket
from collections.abc import Callable
from io import StringIO

import psutil
import pytest
from anlaufstelle_contracts.topology import SERVICES
from rich.console import Console

from deploy import local, parts
from tests.deploy.conftest import UP, Instance
from tests.kit.waiting import eventually

EVERYONE = {"bus", "store", *SERVICES}


async def test_up_runs_everything_and_ctrl_c_stops_it_services_first(instance: Instance) -> None:
    instance.up()
    await eventually(instance.ready, 30)
    status = instance.status()
    assert status["running"]
    assert {process["name"] for process in status["processes"]} == EVERYONE
    assert all(process["state"] == "ready" and psutil.pid_exists(process["pid"]) for process in status["processes"])
    assert instance.process("web").port == instance.port
    assert len({process["port"] for process in status["processes"]}) == len(EVERYONE)
    assert instance.command("status").returncode == 0
    await eventually(lambda: f"http://127.0.0.1:{instance.port}/desk?key=" in instance.output())
    assert "sample directory of 150 offers" in instance.output()

    assert instance.interrupt() == 0
    assert not any(psutil.pid_exists(process["pid"]) for process in status["processes"])
    assert all("stopped in order" in instance.home.log(service).read_text() for service in SERVICES)
    assert instance.command("status").returncode == 1
    assert instance.status()["processes"] == []


async def test_sample_is_loaded_at_the_first_start_only(instance: Instance) -> None:
    for loads in (True, False):
        instance.up()
        await eventually(instance.ready, 30)
        assert instance.interrupt() == 0
        assert ("sample directory" in instance.output()) == loads


async def test_what_is_killed_comes_back_and_the_supervisor_says_so(instance: Instance) -> None:
    instance.up()
    await eventually(instance.ready, 30)
    for name in ("matching", "bus", "store"):
        pid = instance.process(name).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        said = f"{name} was ended by SIGKILL; starting it again in 0.25 s"
        await eventually(lambda: said in instance.output())  # noqa: B023 - awaited here
        await eventually(lambda: (now := instance.process(name)).state == "ready" and now.pid != pid, 20)  # noqa: B023 - awaited here
        assert instance.process(name).restarts >= 1
    assert "matching was ended by SIGKILL" in instance.command("logs", "supervisor").stdout


async def test_two_instances_run_side_by_side(new_instance: Callable[[], Instance]) -> None:
    one, other = new_instance(), new_instance()
    one.up()
    other.up()
    await eventually(one.ready, 30)
    await eventually(other.ready, 30)
    ports = [process["port"] for instance in (one, other) for process in instance.status()["processes"]]
    assert len(set(ports)) == len(ports)
    assert one.interrupt() == 0
    assert other.command("status").returncode == 0


async def test_after_sigkill_of_the_supervisor_nobody_is_left_and_up_works_again(instance: Instance) -> None:
    instance.up()
    await eventually(instance.ready, 30)
    before = instance.status()["processes"]
    instance.kill()
    await eventually(lambda: not any(psutil.pid_exists(process["pid"]) for process in before))
    assert not instance.status()["running"]
    assert "not running" in instance.command("say", "hallo").stderr
    instance.up()
    await eventually(instance.ready, 30)


async def test_a_second_supervisor_of_the_same_folder_is_refused(new_instance: Callable[[], Instance]) -> None:
    one, second = new_instance(), new_instance()
    one.up()
    await eventually(one.ready, 30)
    second.environment["ANLAUFSTELLE_HOME"] = str(one.home.path)
    second.up()
    assert second.supervisor
    assert second.supervisor.wait(20) == 1
    assert "running already" in second.output()
    assert one.command("status").returncode == 0
    assert "running already" in one.command("up", "--detach").stderr


def test_a_taken_port_is_named_with_the_way_out(instance: Instance) -> None:
    with socket.create_server(("127.0.0.1", instance.port)):
        refused = instance.command("up")
    assert refused.returncode == 1
    assert f"port {instance.port} is taken" in refused.stderr
    assert f"ANLAUFSTELLE_PORT={instance.port + 1}" in refused.stderr


@pytest.mark.parametrize("setting", ["ANLAUFSTELLE_PORT", "ANLAUFSTELLE_INTAKE_PORT"])
def test_a_port_that_is_none_is_named(instance: Instance, setting: str) -> None:
    instance.environment[setting] = "web"
    for command in (("up",), ("up", "--detach")):
        refused = instance.command(*command)
        assert refused.returncode == 1
        assert f"{setting} is 'web'" in refused.stderr


async def test_intake_listens_where_a_web_server_is_told_to_pass_webhooks_on(instance: Instance) -> None:
    chosen = instance.environment["ANLAUFSTELLE_INTAKE_PORT"] = str(parts.free_port())
    instance.up()
    await eventually(instance.ready, 30)
    assert instance.process("intake").port == int(chosen)
    assert parts.answers(f"http://{parts.HOST}:{chosen}/health/ready")


def test_a_folder_that_cannot_be_made_is_named(instance: Instance) -> None:
    instance.home.path.write_text("a file")
    refused = instance.command("up")
    assert refused.returncode == 1
    assert f"cannot use {instance.home.path}" in refused.stderr
    assert "ANLAUFSTELLE_HOME" in refused.stderr


async def test_detached_it_goes_on_until_down(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "UP", UP)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:a")  # what everybody calls it
    for key in ("ANLAUFSTELLE_HOME", "ANLAUFSTELLE_PORT"):
        monkeypatch.setenv(key, instance.environment[key])
    output = StringIO()
    local.up_detached(instance.home, Console(file=output))
    assert instance.command("status").returncode == 0
    assert "Anlaufstelle is ready" in output.getvalue()
    assert "desk?key=" in output.getvalue()
    assert "Channels     console, desk, web, telegram (" in output.getvalue()
    assert "everything is ready after" in output.getvalue()
    down = instance.command("down")
    assert down.stdout == "Stopped.\n"
    assert instance.command("down").stdout == "Nothing is running.\n"
