"""What can be said of the containers without Docker: nothing is forgotten, nothing secret is inside, nothing floats."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from anlaufstelle_contracts.topology import SERVICES

from chassis import Settings
from deploy import containers, parts
from tests.kit.running import get_settings_class

DEPLOY = Path(containers.FOLDER)
COMPOSE = (DEPLOY / "compose.yaml").read_text()
OVERLAY = (DEPLOY / "compose.embedded.yaml").read_text()
PARTS = ("bus", "store", "operator")


def services(text: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
    return found


def test_every_service_is_there_and_starts_its_own_main_module() -> None:
    assert set(services(COMPOSE)) == {*SERVICES, *PARTS}
    for name in SERVICES:
        assert services(COMPOSE)[name]["command"] == ["python", "-P", "-m", f"services.{name}.main"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_watched_restarted_and_scalable(name: str) -> None:
    service = services(COMPOSE)[name]
    assert "/health/ready" in " ".join(service["healthcheck"]["test"])
    assert service["restart"] == "unless-stopped"
    assert service["stop_grace_period"]
    assert service["depends_on"]["operator"] == {"condition": "service_completed_successfully"}
    assert service["depends_on"]["store"] == {"condition": "service_healthy"}
    assert "container_name" not in service
    assert "volumes" not in service, "what a replica kept for itself the others would not have"
    assert ("ports" in service) is (name == "web")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_told_what_its_settings_know_and_not_what_is_secret_to_others(name: str) -> None:
    told = services(COMPOSE)[name]["environment"]
    known = set()
    for field, info in get_settings_class(name).model_fields.items():
        aliases = getattr(info.validation_alias, "choices", [])
        known |= {f"ANLAUFSTELLE_{field.upper()}", *map(str, aliases)}
    if name == "intake":
        assert services(COMPOSE)[name]["env_file"] == [{"path": "channels.env", "required": False}]
        known.add("ANLAUFSTELLE_TELEGRAM_BOT_TOKEN")
    neighbours = {f"ANLAUFSTELLE_{other.upper()}_URL" for other in SERVICES}
    assert set(told) <= known | neighbours
    assert told["ANLAUFSTELLE_NATS_PASSWORD"].startswith(f"${{{containers.password_name(name)}:?")
    for url in neighbours & set(told):
        assert (
            told[url]
            == f"http://{url.removeprefix('ANLAUFSTELLE_').removesuffix('_URL').lower()}:{told['ANLAUFSTELLE_HTTP_PORT']}"
        )
    passwords = re.findall(r"NATS_PASSWORD_\w+", str(told))
    assert passwords == [containers.password_name(name)]
    assert ("VAULT_KEY" in str(told)) is (name == "intake")
    assert ("DESK_KEY" in str(told)) is (name == "web")


def test_every_secret_is_one_that_init_makes_and_none_is_written_down() -> None:
    wanted = set(re.findall(r"\$\{(\w+):\?run \./anlaufstelle deploy init first\}", COMPOSE))
    assert wanted <= set(containers.SECRETS)
    partners = {secret for secret in containers.SECRETS if secret.startswith("NATS_PASSWORD_PARTNER_")}
    assert wanted == set(containers.SECRETS) - partners
    for text in (COMPOSE, OVERLAY):
        settings = {key: value for service in services(text).values() for key, value in service.get("environment", {}).items()}
        secret = {name: value for name, value in settings.items() if re.search("PASSWORD|TOKEN|KEY|SECRET", name)}
        assert [name for name, value in secret.items() if not value.startswith("${")] == []


def test_images_are_pinned_and_ours_is_built_once() -> None:
    images = {
        name: service["image"] for text in (COMPOSE, OVERLAY) for name, service in services(text).items() if "image" in service
    }
    for image in images.values():
        assert re.fullmatch(r"(nats:\d+\.\d+-alpine|mongo:\d+\.\d+|anlaufstelle:local)", image), image
    assert (images["bus"], services(COMPOSE)["store"]["image"]) == (parts.NATS_IMAGE, parts.MONGO_IMAGE)
    assert [name for name, service in services(COMPOSE).items() if "build" in service] == ["operator"]
    assert all(
        service["pull_policy"] == "never" for service in services(COMPOSE).values() if service["image"] == "anlaufstelle:local"
    )


def test_no_port_but_that_of_the_public_page_can_be_reached_from_outside() -> None:
    published = {name: service["ports"] for name, service in services(COMPOSE).items() if "ports" in service}
    assert published == {"web": ["${WEB_LISTEN:-127.0.0.1:8080}:8000"]}


def test_the_image_is_built_from_the_lock_for_somebody_without_rights() -> None:
    lines = [line for line in (DEPLOY / "Dockerfile").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "FROM python:3.13-slim"
    install = next(number for number, line in enumerate(lines) if "--require-hashes -r requirements.lock" in line)
    code = lines.index("COPY . .")
    assert install < code, "a change of the code must not install everything again"
    assert "USER anlaufstelle" in lines
    assert not [line for line in lines if "--mount" in line or "<<" in line], "only BuildKit knows that"


def test_the_image_gets_neither_secrets_nor_data() -> None:
    ignored = (DEPLOY.parent / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    assert let_in == {
        "requirements.lock",
        "contracts/anlaufstelle_contracts",
        "chassis",
        "services",
        "local",
        "deploy/*.py",
        "deploy/sample",
    }


def test_the_overlay_changes_bus_and_store_only_and_flushes_every_commit() -> None:
    assert set(services(OVERLAY)) == {"bus", "store"}
    assert "--sync-on-commit" in services(OVERLAY)["store"]["command"]


def test_settings_that_every_service_has_are_not_given_a_second_name() -> None:
    """The environment that all services share names settings of the chassis and neighbours, nothing else."""
    shared = set(yaml.safe_load(COMPOSE)["x-environment"])
    chassis = {f"ANLAUFSTELLE_{name.upper()}" for name in Settings.model_fields}
    assert shared - chassis == {f"ANLAUFSTELLE_{name}_URL" for name in ("INTAKE", "MATCHING", "PROJECTS")}
