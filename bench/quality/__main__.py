"""`./anlaufstelle bench quality`: the shipped models beside simple baselines, with 95 % intervals (bootstrap over messages)."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.fit.rows import DEVSET, ROOT, TODAY

from . import baselines, omos
from .evaluate import MEANING
from .judging import Folder, Judged, judge
from .measures import measures

RESAMPLES, SEED = 300, 7


def main() -> int:
    """Measure and print; takes about three minutes, most of it for embeddings."""
    parser = argparse.ArgumentParser(prog="./anlaufstelle bench quality", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DEVSET, help="labelled messages (data/devset)")
    parser.add_argument("--omos", type=Path, default=ROOT / "data" / "omos-qa", help="folder of OMoS-QA (data/omos-qa)")
    options = parser.parse_args()
    console = Console()
    folder = Folder.read(options.folder, TODAY)
    judged = asyncio.run(judge(folder))
    console.print(_shipped(judged, folder))
    console.print(_beside(judged, folder))
    console.print(omos.table(options.omos) if omos.is_there(options.omos) else omos.MISSING.format(options.omos))
    return 0


def _shipped(judged: Sequence[Judged], folder: Folder) -> Table:
    table = Table("measure", "value", "95 % interval", title="The shipped models")
    found = measures(judged, folder)
    drawn = [measures(some, folder) for some in _resampled(judged)]
    for name, meaning in MEANING.items():
        value, values = found[name], [one[name] for one in drawn]
        if isinstance(value, float):
            table.add_row(meaning, f"{value:.3f}", _interval([each for each in values if isinstance(each, float)]))
        else:
            table.add_row(meaning, str(value), "")
    return table


def _beside(judged: Sequence[Judged], folder: Folder) -> Table:
    """A right offer first and among the first three, by each way to rank the offers that no date or capacity rules out."""
    table = Table("ranking", "a right one first", "95 % interval", "among three", "95 % interval", title="Beside baselines")
    asked = [one for one in judged if one.row["kind"] == "need" and one.row["relevant_offers"]]
    rankings: dict[str, list[list[str]]] = {
        **baselines.rankings([one.row["text"] for one in asked], folder),
        "the shipped model": [one.ranked for one in asked],
    }
    for name, ranked in rankings.items():
        pairs = [(set(one.row["relevant_offers"]), offers) for one, offers in zip(asked, ranked, strict=True)]
        hits = [np.array([not right.isdisjoint(offers[:most]) for right, offers in pairs]) for most in (1, 3)]
        cells = [cell for hit in hits for cell in (f"{hit.mean():.3f}", _interval([float(some.mean()) for some in _draws(hit)]))]
        table.add_row(name, *cells)
    return table


def _resampled(judged: Sequence[Judged]) -> list[list[Judged]]:
    draw = np.random.default_rng(SEED)
    return [[judged[at] for at in draw.integers(0, len(judged), len(judged))] for _ in range(RESAMPLES)]


def _draws(values: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    draw = np.random.default_rng(SEED)
    return [values[draw.integers(0, len(values), len(values))] for _ in range(RESAMPLES)]


def _interval(values: Sequence[float]) -> str:
    low, high = np.quantile(values, [0.025, 0.975])
    return f"{low:.3f} – {high:.3f}"


if __name__ == "__main__":
    sys.exit(main())
