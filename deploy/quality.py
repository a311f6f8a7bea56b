"""How good a channel is, by rules from bronze to platinum: a file `<id>.yaml` beside each channel says which ones it keeps.

kit: done
page: {done: docs/channels/sms.md}              # where the rule wants to be shown something
receipts: {exempt: The gateway tells nothing.}
load: todo
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from inspect import getfile
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import SecretStr

from services.intake import channels
from services.intake.channels.base import LANGUAGES, Capability, Channel, Limits, Manifest

REPOSITORY = Path(__file__).resolve().parent.parent
FIXTURES = REPOSITORY / "tests" / "channels"


class Level(StrEnum):
    """Bronze works, silver can be relied on, gold does what the provider can do, platinum is proven by others."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"


@dataclass(frozen=True)
class Claim:
    """What a channel says of one rule."""

    state: str
    """done, exempt or todo."""
    said: str = ""
    """Evidence of what is done, the reason of an exemption."""


@dataclass(frozen=True)
class Candidate:
    """A channel with what the rules look at."""

    kind: type[Channel]
    claims: Mapping[str, Claim]
    folder: Path
    """Where its file is."""
    kit: Mapping[str, Any]
    """`kit.yaml` of its fixtures."""

    @property
    def manifest(self) -> Manifest:
        """What it declares."""
        return self.kind.manifest


Check = Callable[[Candidate, str], str | None]
"""Why a rule is not kept, though it is called done; the second argument is the evidence."""


@dataclass(frozen=True)
class Rule:
    """One rule. `check` looks whether it is kept, as far as a machine can see."""

    name: str
    level: Level
    says: str
    check: Check
    capability: Capability | None = None


def _in_kit(candidate: Candidate, _: str) -> str | None:
    return None if candidate.kit else "it has no kit.yaml"


def _described(candidate: Candidate, _: str) -> str | None:
    without = [name for name, field in candidate.manifest.settings.model_fields.items() if not field.description]
    return f"not described: {', '.join(without)}" if without else None


def _hidden(candidate: Candidate, _: str) -> str | None:
    def open_secret(name: str, annotation: Any) -> bool:
        telling = any(word in name for word in ("token", "secret", "password", "api_key"))
        return telling and annotation is not SecretStr and SecretStr not in get_args(annotation)

    found = [name for name, field in candidate.manifest.settings.model_fields.items() if open_secret(name, field.annotation)]
    return f"no SecretStr: {', '.join(found)}" if found else None


def _limits(candidate: Candidate, _: str) -> str | None:
    return None if candidate.manifest.limits != Limits() else "it declares no Limits"


def _failures(candidate: Candidate, _: str) -> str | None:
    left_out = candidate.kit.get("exempt") or {}
    return f"kit.yaml leaves out: {', '.join(left_out)}" if left_out else None


def _gone(candidate: Candidate, _: str) -> str | None:
    shown = any(recording.get("gone") for recording in candidate.kit.get("recordings", {}).values())
    return None if shown else "no recording is of a person that leaves (gone)"


def _letters(candidate: Candidate, _: str) -> str | None:
    missing = set(LANGUAGES) - set(candidate.manifest.languages)
    return f"it does not carry {', '.join(sorted(missing))}" if missing else None


def _has(capability: Capability) -> Check:
    def check(candidate: Candidate, _: str) -> str | None:
        return None if capability in candidate.manifest.capabilities else f"it does not declare {capability.name}"

    return check


def _there(candidate: Candidate, evidence: str) -> str | None:
    if not evidence:
        return "say where: {done: path/of/the/file}"
    there = any((root / evidence).exists() for root in (REPOSITORY, candidate.folder))
    return None if there else f"{evidence} is not there"


def _capability(level: Level, capability: Capability, says: str) -> Rule:
    return Rule(capability.value, level, says, _has(capability), capability)


RULES = (
    Rule("kit", Level.BRONZE, "passes the conformance kit with recordings of its provider", _in_kit),
    Rule("settings", Level.BRONZE, "says of each setting what it is", _described),
    Rule("secrets", Level.BRONZE, "keeps secrets as SecretStr, so that nothing prints them", _hidden),
    Rule("limits", Level.SILVER, "declares the provider's limits of length and pace, which the host then keeps", _limits),
    Rule("failures", Level.SILVER, "tells apart what is away, slow, busy, broken, blocked and refused", _failures),
    Rule("gone", Level.SILVER, "notices when a person blocks us or goes", _gone),
    _capability(Level.SILVER, Capability.RECEIPTS, "hears from the provider what became of a message"),
    _capability(Level.GOLD, Capability.BUTTONS, "shows choices to be pressed"),
    _capability(Level.GOLD, Capability.FILES, "notices photos, voice messages and files, which are then asked for in words"),
    _capability(Level.GOLD, Capability.LOCATION, "takes a place on the map"),
    _capability(Level.GOLD, Capability.EDITS, "follows changes of a message"),
    _capability(Level.GOLD, Capability.DELETIONS, "follows a message that is taken back"),
    _capability(Level.GOLD, Capability.GROUPS, "hears groups and leads people from there to where nobody else reads"),
    Rule("languages", Level.GOLD, "carries all our languages, in messages and in what people see of it", _letters),
    Rule("page", Level.GOLD, "has a page that leads through its set-up", _there),
    Rule("peer", Level.PLATINUM, "is tested against a server or programme that nobody here wrote", _there),
    Rule("load", Level.PLATINUM, "was measured under load", _there),
)  # fmt: skip


def candidate(name: str, fixtures: Path | None = None) -> Candidate:
    """A channel by its id, with what its files say. Raises ChannelError."""
    kind = channels.load(name)
    file = Path(getfile(kind))
    beside = (file.parent if file.name == "__init__.py" else file).with_suffix(".yaml")
    if fixtures and not beside.is_file():  # a package that was installed without it, and is tried from its own folder
        beside = fixtures.parent / f"{name}.yaml"
    kit = (fixtures or FIXTURES / name) / "kit.yaml"
    return Candidate(kind, _claims(_yaml(beside)), beside.parent, _yaml(kit))


def _yaml(file: Path) -> dict[str, Any]:
    return yaml.safe_load(file.read_text(encoding="utf-8")) or {} if file.is_file() else {}


def _claims(given: Mapping[str, Any]) -> dict[str, Claim]:
    claims = {}
    for name, said in given.items():
        state, reason = next(iter(said.items())) if isinstance(said, dict) and said else (said, "")
        claims[name] = Claim(str(state), str(reason))
    return claims


def problems(one: Candidate) -> list[str]:
    """What is not so in a channel's file, or not said there. A channel without a file says nothing and claims nothing."""
    known = {rule.name for rule in RULES}
    found = [f"{name}: there is no such rule" for name in one.claims if name not in known]
    for rule in RULES if one.claims else ():
        claim = one.claims.get(rule.name)
        if claim is None:
            found.append(f"{rule.name}: say done, todo, or {{exempt: reason}}")
        elif claim.state == "done":
            found += [f"{rule.name}: {why}" for why in [rule.check(one, claim.said)] if why]
        elif claim.state == "exempt":
            if rule.level in (Level.BRONZE, Level.PLATINUM):
                found.append(f"{rule.name}: nobody is exempt from what is {rule.level}")
            if not claim.said:
                found.append(f"{rule.name}: an exemption has a reason")
            if rule.capability in one.manifest.capabilities:
                found.append(f"{rule.name}: exempt, and yet it declares {rule.name.upper()}")
        elif claim.state != "todo":
            found.append(f"{rule.name}: say done, todo, or {{exempt: reason}}")
    return found


def level(one: Candidate) -> Level | None:
    """The highest level at which nothing is left to do, nor below."""
    reached = None
    for each in Level:
        claims = [one.claims.get(rule.name) for rule in RULES if rule.level is each]
        if any(claim is None or claim.state not in ("done", "exempt") for claim in claims):
            break
        reached = each
    return reached


def still_to_do(one: Candidate) -> list[str]:
    """Rules that are neither kept nor exempt; none while there is no file."""
    if not one.claims:
        return ["its file of quality"]
    return [rule.name for rule in RULES if one.claims.get(rule.name, Claim("todo")).state not in ("done", "exempt")]
