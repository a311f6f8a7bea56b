"""`./anlaufstelle evaluate DIR`: how well the shipped models do on labelled messages that they need not know."""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.fit.rows import TODAY

from .judging import Folder, judge
from .measures import LANGUAGES, report

MEANING = {
    "messages": "messages",
    "triage_macro_f1": "need, offer or chatter: macro F1",
    "need_dropped": "needs taken for chatter",
    "categories_micro_f1": "categories of needs: micro F1",
    "pii_recall": "personal data that is taken out",
    "pii_overreach": "harmless words that are taken out",
    "referral_precision": "referred at once: at least one named offer is right",
    "referral_coverage": "needs with an offer that are referred at once",
    "hit_at_1": "a right offer first, of the needs that have one",
    "hit_at_3": "a right offer among the first three",
    "false_referrals": "needs without any offer that are referred at once",
    "gap_pairwise_f1": "themes of needs without an offer: pairwise F1",
    "hard_filter_violations": "referred although expired, full, not begun, or for others (number)",
}


def main() -> int:
    """Read, judge, print."""
    parser = argparse.ArgumentParser(prog="./anlaufstelle evaluate", description=__doc__)
    parser.add_argument("folder", type=Path, help="needs.jsonl and offers.jsonl, as data/devset/README.md has them")
    parser.add_argument("--json", action="store_true", help="for scripts")
    parser.add_argument("--today", type=date.fromisoformat, default=TODAY, help=f"the day of the messages ({TODAY})")
    options = parser.parse_args()
    try:
        folder = Folder.read(options.folder, options.today)
        found = report(asyncio.run(judge(folder)), folder)
    except FileNotFoundError as error:
        return _refuse(f"{error.filename} is missing")
    except json.JSONDecodeError as error:
        return _refuse(f"a line is no JSON: {error}")
    except KeyError as error:
        return _refuse(f"a row has no field {error}; data/devset/README.md names them all")
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        Console().print(_table(found))
    return 0


def _table(found: Mapping[str, object]) -> Table:
    per_language = found["per_language"]
    assert isinstance(per_language, dict)
    table = Table("measure", "all", *(name for name in LANGUAGES if name in per_language))
    for name, meaning in MEANING.items():
        table.add_row(meaning, *(_number(some[name]) for some in (found, *per_language.values())))
    return table


def _number(value: object) -> str:
    return "–" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _refuse(why: str) -> int:
    print(f"Error: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
