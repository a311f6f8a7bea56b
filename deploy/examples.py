"""`anlaufstelle examples export`: what coordinators decided, as files that the fitting script takes beside data/corpus."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import httpx
from rich.console import Console

from .directory import matching
from .problem import Problem

FILES = ("needs", "unmet", "cards")
TIMEOUT = 60.0


def export(console: Console, folder: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Write the files of an instance's examples into a folder, and say how many there are. Raises Problem."""
    url, token = matching(environment)
    try:
        headers = {"Authorization": f"Bearer {token}"}
        response = httpx.get(f"{url}/examples", headers=headers, timeout=TIMEOUT, trust_env=False)
    except httpx.HTTPError as error:
        raise Problem(f"matching does not answer at {url} ({type(error).__name__})") from None
    if response.status_code != httpx.codes.OK:
        raise Problem(f"matching refuses it: {response.status_code} {response.text[:300]}")
    rows = response.json()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows[name]]
            (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise Problem(f"{folder}: {error.strerror}") from None
    console.print(
        f"{len(rows['needs'])} needs with an offer, {len(rows['unmet'])} without, {len(rows['cards'])} offers in {folder}"
    )
