"""`anlaufstelle import`: offers from a file into the directory of the instance here, or of the one that the environment names."""

import os
from collections.abc import Mapping
from pathlib import Path

import httpx
from rich.console import Console

from .control import running
from .home import Home
from .parts import HOST
from .problem import Problem

CONTENT_TYPES = {".jsonl": "application/x-ndjson", ".ndjson": "application/x-ndjson", ".json": "application/json"}
TIMEOUT = 300.0
"""Every offer is read for its meaning before the answer comes."""


def load(console: Console, file: Path, sample: bool, environment: Mapping[str, str] = os.environ) -> bool:
    """Import JSON Lines or HSDS 3.0 JSON and say what came of it; gives whether all of it could be read. Raises Problem."""
    kind = CONTENT_TYPES.get(file.suffix.lower())
    if kind is None:
        raise Problem(f"{file}: the name has to end in {', '.join(CONTENT_TYPES)}")
    try:
        body = file.read_bytes()
    except OSError as error:
        raise Problem(f"{file}: {error.strerror}") from None
    url, token = matching(environment)
    try:
        response = httpx.post(
            f"{url}/directory/import", params={"sample": str(sample).lower()}, content=body, timeout=TIMEOUT, trust_env=False,
            headers={"Authorization": f"Bearer {token}", "Content-Type": kind},
        )  # fmt: skip
    except httpx.HTTPError as error:
        raise Problem(f"matching does not answer at {url} ({type(error).__name__})") from None
    if response.status_code != httpx.codes.OK:
        raise Problem(f"matching refuses it: {response.status_code} {response.text[:300]}")
    outcome = response.json()
    for wrong in outcome["errors"]:
        place = f"line {wrong['line']}" if "line" in wrong else wrong.get("path", "")
        console.print(f"{place}: {wrong['error']}", markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"{outcome['published']} published, {outcome['changed']} changed, {outcome['unchanged']} unchanged, "
        f"{len(outcome['errors'])} not read"
    )  # fmt: skip
    return not outcome["errors"]


def matching(environment: Mapping[str, str]) -> tuple[str, str]:
    """Where matching answers, and the token that opens it."""
    if url := environment.get("ANLAUFSTELLE_MATCHING_URL"):
        return url.rstrip("/"), environment.get("ANLAUFSTELLE_API_TOKEN", "")
    home = Home.here(environment)
    return f"http://{HOST}:{running(home).port('matching')}", home.secrets().api_token
