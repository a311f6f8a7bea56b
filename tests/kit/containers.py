"""Bus and store in containers from the official images, for `--infra=containers`."""

from collections.abc import Callable, Mapping

import docker
import pytest
from docker.errors import DockerException
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from testcontainers.core.container import DockerContainer

from deploy import parts
from deploy.nats_config import nats_config

ALREADY_INITIATED = 23


def require_docker() -> None:
    """End the test run with a clear word when no Docker daemon answers: asked for containers, it must not pass without."""
    try:
        docker.from_env().ping()
    except DockerException as error:
        pytest.exit(f"--infra=containers needs a Docker daemon that answers: {error}", returncode=1)


class Container:
    """A container that keeps its port and data when it is killed and started again."""

    def __init__(self, container: DockerContainer, ready: Callable[[], bool]) -> None:
        self._container = container
        self.ready = ready
        self._made = False

    def start(self) -> None:
        if self._made:
            self._container.get_wrapped_container().start()
            return
        self._container.start()
        self._made = True

    def kill(self) -> None:
        if self._running():
            self._container.get_wrapped_container().kill()
            self._container.get_wrapped_container().wait()

    def stop(self) -> None:
        if self._running():
            self._container.get_wrapped_container().stop()

    def discard(self) -> None:
        if self._made:
            self._container.stop()
            self._made = False

    def log(self) -> str:
        return b"".join(self._container.get_logs()).decode(errors="replace")[-4_000:]

    def _running(self) -> bool:
        if not self._made:
            return False
        self._container.reload()
        return bool(self._container.get_wrapped_container().status == "running")


def bus(port: int, monitor_port: int, passwords: Mapping[str, str]) -> Container:
    """A nats-server in a container."""
    config = nats_config(passwords, store_dir="/data", host="0.0.0.0", port=4222, monitor_host="0.0.0.0", monitor_port=8222)
    container = (
        DockerContainer(parts.NATS_IMAGE)
        .with_copy_into_container(config.encode(), "/etc/anlaufstelle.conf")
        .with_command("-c /etc/anlaufstelle.conf")
        .with_bind_ports(4222, port)
        .with_bind_ports(8222, monitor_port)
    )
    return Container(container, lambda: parts.bus_ready(monitor_port))


def store(port: int) -> Container:
    """A MongoDB in a container, a replica set of one as transactions need it."""
    # The port is the same inside and outside, so that the set's only member is found under one address.
    container = (
        DockerContainer(parts.MONGO_IMAGE).with_command(f"--replSet rs0 --bind_ip_all --port {port}").with_bind_ports(port, port)
    )

    def ready() -> bool:
        client: MongoClient[dict[str, object]] = MongoClient(parts.store_url(port), serverSelectionTimeoutMS=1_000)
        try:
            client.admin.command("replSetInitiate", {"_id": "rs0", "members": [{"_id": 0, "host": f"{parts.HOST}:{port}"}]})
        except OperationFailure as error:
            if error.code != ALREADY_INITIATED:
                raise
        except PyMongoError:
            return False
        finally:
            client.close()
        return parts.store_ready(port)

    return Container(container, ready)
