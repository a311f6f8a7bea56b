"""What a channel says of itself is so."""

import re
from typing import Any, get_args

import pytest
from pydantic import SecretStr

from deploy import quality
from services.intake import channels
from services.intake.channels.base import LANGUAGES, Answering, Capability, Grouping, Listening
from tests.kit.channels.provider import Provider
from tests.kit.channels.recordings import Fixtures, Recording
from tests.kit.channels.rig import Rig

HOW_IT_HEARS_IS_ALL_THE_SAME = True
SECRET_NAME = re.compile(r"token|secret|password|(^|_)key($|_)")


def shows(capability: Capability, recording: Recording) -> bool:
    """Whether a recording is one that shows the capability at work."""
    said = recording.becomes
    match capability:
        case Capability.PRIVATE_CHAT:
            return any(each.group is None for each in said)
        case Capability.GROUPS:
            return any(each.group is not None for each in said)
        case Capability.FILES:
            return any(each.has_media for each in said)
        case Capability.LOCATION:
            return any(each.location is not None for each in said)
        case Capability.EDITS:
            return any(each.edits is not None for each in said)
        case Capability.DELETIONS:
            return any(each.deletes is not None for each in said)
        case Capability.BUTTONS | Capability.RECEIPTS:
            return True  # test_sending presses buttons and asks for receipts


def test_it_can_be_found_by_its_id(provider: tuple[Fixtures, Provider]) -> None:
    manifest = channels.load(provider[0].kit.channel).manifest
    assert re.fullmatch(r"[a-z][a-z0-9_]*", manifest.id)
    assert manifest.languages, "a channel carries the letters of at least one language"
    assert set(manifest.languages) <= set(LANGUAGES)
    assert manifest.limits.text is None or manifest.limits.text >= 60


def test_each_capability_is_shown_by_a_recording(provider: tuple[Fixtures, Provider]) -> None:
    fixtures = provider[0]
    manifest = channels.load(fixtures.kit.channel).manifest
    recordings = fixtures.kit.recordings.values()
    unshown = [each.name for each in sorted(manifest.capabilities) if not any(shows(each, one) for one in recordings)]
    assert unshown == [], "declared, and no recording in kit.yaml shows it"


def test_the_file_of_its_quality_is_true(provider: tuple[Fixtures, Provider]) -> None:
    fixtures = provider[0]
    candidate = quality.candidate(fixtures.kit.channel, fixtures.folder)
    assert candidate.claims, f"there is no {fixtures.kit.channel}.yaml beside the channel, nor beside the folder of fixtures"
    assert quality.problems(candidate) == []


def test_a_provider_that_sends_nonsense_is_recorded(provider: tuple[Fixtures, Provider]) -> None:
    assert any(recording.malformed for recording in provider[0].kit.recordings.values())


def test_settings_are_described_and_secrets_are_hidden(provider: tuple[Fixtures, Provider]) -> None:
    manifest = channels.load(provider[0].kit.channel).manifest
    if not manifest.settings.model_fields:
        return
    assert manifest.settings.model_config["env_prefix"] == f"ANLAUFSTELLE_{manifest.id.upper()}_"
    undescribed = [name for name, field in manifest.settings.model_fields.items() if len(field.description or "") < 10]
    assert undescribed == [], "settings without a description"
    open_secrets = [
        name
        for name, field in manifest.settings.model_fields.items()
        if SECRET_NAME.search(name) and not _hidden(field.annotation)
    ]
    assert open_secrets == [], "settings that are no SecretStr"


def _hidden(annotation: Any) -> bool:
    return annotation is SecretStr or SecretStr in get_args(annotation)


async def test_it_hears_one_way_or_the_other(rig: Rig) -> None:
    channel = rig.channel
    assert isinstance(channel, (Answering, Listening)), "no routes and no listen"
    if rig.provider.calls:
        assert isinstance(channel, Answering)
    assert isinstance(channel, Grouping) == rig.has(Capability.GROUPS)
    if isinstance(channel, Grouping):
        link = channel.private_link("7KQ29M")
        assert link.startswith(("https://", "http://127.0.0.1")), f"{link} is nothing that people can follow"


def test_what_must_be_set_is_named_when_it_is_not(
    provider: tuple[Fixtures, Provider], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    kind = channels.load(provider[0].kit.channel)
    for name, field in kind.manifest.settings.model_fields.items():
        if field.is_required():
            variable = f"ANLAUFSTELLE_{kind.manifest.id.upper()}_{name.upper()}"
            monkeypatch.delenv(variable, raising=False)
            with pytest.raises(channels.ChannelError, match=variable):
                channels.make(kind.manifest.id)
