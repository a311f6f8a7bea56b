"""A channel's folder of fixtures: `kit.yaml`, `provider.py` and the recordings that `kit.yaml` names.

channel: telegram
recordings:
  text.json:                      # as the provider sends it
    becomes:                      # what the host is to hear, in order; [] for what is nothing to us
      - {address: "1001", text: Потрібен велосипед}
  bot_blocked.json: {gone: ["1001"]}
  group_moved.json: {moved: {"-5": "-1005"}}
  delivered.json: {receipts: {"77": sent}}
  broken.json: {malformed: true}  # refused with 4xx where the provider calls us, else left out
exempt:                           # failures that this provider cannot show, each with its reason
  busy: It has no limit.
private: [Olena, "+49 341 0001234"]   # names and numbers in the recordings: in no log
"""

import importlib.util
import inspect
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from services.intake.channels.base import Group
from tests.kit.channels.provider import Failure, Provider, Update

ROOT = Path(__file__).parents[2] / "channels"


class FixturesError(Exception):
    """A folder of fixtures is not as it should be; says what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expected(_Strict):
    """What the host is to hear. What is left out is to be as if never said, but for `message_id` and `language_hint`.

    `said_at` may be anything.
    """

    address: str
    message_id: str | None = None
    text: str = ""
    pressed: str | None = None
    has_media: bool = False
    location: tuple[float, float] | None = None
    language_hint: str | None = None
    group: Group | None = None
    edits: str | None = None
    deletes: str | None = None
    authenticated: bool = True


class Recording(_Strict):
    """What one recording becomes."""

    becomes: list[Expected] = []
    gone: list[str] = []
    moved: dict[str, str] = {}
    receipts: dict[str, Literal["sent", "unreachable", "rejected"]] = {}
    malformed: bool = False
    modes: list[str] | None = None
    """Only in these modes of the provider."""


class Kit(_Strict):
    """`kit.yaml`."""

    channel: str
    modes: list[str] = [""]
    recordings: dict[str, Recording] = {}
    exempt: dict[Failure, str] = {}
    private: list[str] = []


@dataclass(frozen=True)
class Fixtures:
    """A folder that was read."""

    folder: Path
    kit: Kit

    def update(self, name: str) -> Update:
        """A recording as `deliver` takes it."""
        raw = (self.folder / name).read_bytes()
        return json.loads(raw) if name.endswith(".json") else raw

    def provider(self, mode: str) -> Provider:
        """The stand-in. Raises FixturesError."""
        spec = importlib.util.spec_from_file_location(f"channel_fixtures_{self.kit.channel}", self.folder / "provider.py")
        if spec is None or spec.loader is None:
            raise FixturesError(f"{self.folder / 'provider.py'} cannot be loaded")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found: Any = getattr(module, "Provider", None)
        if not (isinstance(found, type) and issubclass(found, Provider) and not inspect.isabstract(found)):
            raise FixturesError(f"{self.folder / 'provider.py'} has no class Provider that is a whole Provider of the kit")
        made: Provider = found(mode)
        return made


def read(folder: Path) -> Fixtures:
    """A folder of fixtures. Raises FixturesError."""
    for name in ("kit.yaml", "provider.py"):
        if not (folder / name).is_file():
            raise FixturesError(f"{folder} is no folder of a channel's fixtures: it has no {name}")
    try:
        kit = Kit.model_validate(yaml.safe_load((folder / "kit.yaml").read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise FixturesError(f"{folder / 'kit.yaml'}: {error}") from None
    if missing := [name for name in kit.recordings if not (folder / name).is_file()]:
        raise FixturesError(f"{folder}: kit.yaml names recordings that are not there: {', '.join(missing)}")
    return Fixtures(folder, kit)


def ours() -> list[Path]:
    """The folders of our own channels."""
    return sorted(file.parent for file in ROOT.glob("*/kit.yaml"))
