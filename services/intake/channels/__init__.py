"""The ways in which people write: one file a channel. Start reading in `base.py`, then `console.py`, the smallest one.

A file here is a channel by being here; a package of somebody else's is one by its entry point in the group
`anlaufstelle.channels`, whose name is the channel's id and whose object is its class.
"""

import inspect
import os
import pkgutil
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from pydantic import ValidationError

from .base import Channel

GROUP = "anlaufstelle.channels"
ALWAYS_ON = ("console", "desk", "web")
"""Channels of our own that need no provider and so no settings."""
NO_CHANNEL = frozenset({"base", "http"})


class ChannelError(Exception):
    """A channel cannot be switched on; says which one, why, and what to do."""


def available() -> dict[str, EntryPoint]:
    """Every channel there is, by id: those in this folder, then those of other packages. Nothing is imported yet."""
    ours = [module.name for module in pkgutil.iter_modules(__path__) if module.name not in NO_CHANNEL]
    found = {name: EntryPoint(name, f"{__name__}.{name}", GROUP) for name in ours}
    for entry in entry_points(group=GROUP):
        found.setdefault(entry.name, entry)
    return found


def load(name: str) -> type[Channel]:
    """The class of a channel. Raises ChannelError when there is none, or it is not what its name says."""
    entry = available().get(name)
    if entry is None:
        raise ChannelError(f"there is no channel {name!r}; there are: {', '.join(sorted(available()))}")
    try:
        found = entry.load()
    except (ImportError, AttributeError) as error:
        raise ChannelError(f"channel {name}: {entry.value} cannot be loaded: {error}") from error
    if inspect.ismodule(found):
        found = next((each for _, each in inspect.getmembers(found, _is_channel) if each.manifest.id == name), None)
    if not _is_channel(found) or found.manifest.id != name:
        raise ChannelError(f"channel {name}: {entry.value} holds no Channel whose manifest says id={name!r}")
    return found  # type: ignore[no-any-return]  # looked at above


def _is_channel(thing: object) -> bool:
    return inspect.isclass(thing) and issubclass(thing, Channel) and not inspect.isabstract(thing)


def switched_on(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The ids of the channels that are always on and of those with a setting that is not empty."""
    wanted = [name for name, value in environment.items() if value]
    return [
        name for name in sorted(available(), key=lambda name: (name not in ALWAYS_ON, name))
        if name in ALWAYS_ON or any(variable.upper().startswith(f"ANLAUFSTELLE_{name.upper()}_") for variable in wanted)
    ]  # fmt: skip


def make(name: str) -> Channel:
    """A channel with its settings. Raises ChannelError when they do not do."""
    kind = load(name)
    try:
        return kind(kind.manifest.settings())
    except ValidationError as error:
        prefix = kind.manifest.settings.model_config["env_prefix"]
        said = "; ".join(f"{prefix}{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors(include_input=False))
        raise ChannelError(f"channel {name}: {said}") from None
    except ValueError as error:
        raise ChannelError(f"channel {name}: {error}") from error
