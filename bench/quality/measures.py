"""Measures of what `judging` found, as numbers between 0 and 1."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations

from bench.fit.rows import Row, offer
from services.intake.domain.triage import CLASSES
from services.matching.domain.audience import Stated, is_excluded

from .judging import Folder, Judged

LANGUAGES = ("uk", "ru", "de", "en", "mixed")
_WORD = re.compile(r"\w+")


def report(judged: Sequence[Judged], folder: Folder) -> dict[str, object]:
    """Every measure of all messages and, as far as there are such, of those in each language."""
    spoken = {language: [one for one in judged if one.row["language"] == language] for language in LANGUAGES}
    return {
        **measures(judged, folder),
        "per_language": {language: measures(some, folder) for language, some in spoken.items() if some},
    }


def measures(judged: Sequence[Judged], folder: Folder) -> dict[str, float | int | None]:
    """The measures by name; None where there is nothing to measure."""
    needs = [one for one in judged if one.row["kind"] == "need"]
    with_offer = [one for one in needs if one.row["relevant_offers"]]
    without = [one for one in judged if one.is_without_offer]
    referred = [one for one in needs if one.referred]
    lost, harmless = _removed(judged)
    return {
        "messages": len(judged),
        "triage_macro_f1": _macro_f1(judged),
        "need_dropped": _share(one.dropped for one in needs),
        "categories_micro_f1": _micro_f1([(set(one.row["categories"]), one.categories) for one in needs]),
        "pii_recall": _share(text not in one.redacted for one in judged for text in one.row["pii"]),
        "pii_overreach": lost / harmless if harmless else None,
        "referral_precision": _share(_is_right(one, one.referred) for one in referred),
        "referral_coverage": _share(bool(one.referred) for one in with_offer),
        "hit_at_1": _share(_is_right(one, one.ranked[:1]) for one in with_offer),
        "hit_at_3": _share(_is_right(one, one.ranked[:3]) for one in with_offer),
        "false_referrals": _share(bool(one.referred) for one in without),
        # A bootstrap draws some needs twice: those are in one theme with themselves and say nothing.
        "gap_pairwise_f1": pairwise_f1([(one.row["gap_theme"], one.gap) for one in {id(one): one for one in without}.values()]),
        "hard_filter_violations": sum(_violations(one, folder) for one in needs),
    }


def pairwise_f1(themes: Sequence[tuple[str | None, str | None]]) -> float | None:
    """F1 over pairs of needs that are together in one theme: as labelled (None is with nobody), as found."""
    together = [(a[0] is not None and a[0] == b[0], a[1] == b[1]) for a, b in combinations(themes, 2)]
    both = sum(labelled and found for labelled, found in together)
    either = sum(labelled + found for labelled, found in together)
    return 2 * both / either if either else None


def _macro_f1(judged: Sequence[Judged]) -> float | None:
    """The mean of the F1 of the kinds that occur."""
    kinds = [kind for kind in CLASSES if any(one.row["kind"] == kind for one in judged)]
    named = [({one.row["kind"]}, {one.kind}) for one in judged]
    found = [_micro_f1([(right & {kind}, taken & {kind}) for right, taken in named]) or 0.0 for kind in map(str, kinds)]
    return sum(found) / len(found) if found else None


def _micro_f1(pairs: Iterable[tuple[set[str], set[str]]]) -> float | None:
    """F1 over all labels: the right ones, the found ones."""
    both = either = 0
    for right, found in pairs:
        both += len(right & found)
        either += len(right) + len(found)
    return 2 * both / either if either else None


def _is_right(one: Judged, offers: Sequence[str]) -> bool:
    return any(name in one.row["relevant_offers"] for name in offers)


def _removed(judged: Sequence[Judged]) -> tuple[int, int]:
    """Words outside of personal data that redaction took away, and all such words."""
    lost = harmless = 0
    for one in judged:
        text = one.row["text"]
        for personal in sorted(one.row["pii"], key=len, reverse=True):
            text = text.replace(personal, " ")
        words = Counter(_WORD.findall(text))
        lost += (words - Counter(_WORD.findall(one.redacted))).total()
        harmless += words.total()
    return lost, harmless


def _violations(one: Judged, folder: Folder) -> int:
    """Offers that the person was pointed to although a plain fact rules them out."""
    return sum(_is_ruled_out(folder.offers[name], one, folder.today) for name in one.referred)


def _is_ruled_out(row: Row, one: Judged, today: date) -> bool:
    begins, ends = (date.fromisoformat(row[name]) if row[name] else today for name in ("valid_from", "valid_until"))
    return not begins <= today <= ends or row["capacity"] == 0 or is_excluded(offer(row).audience, Stated.of(one.row["text"]))


def _share(found: Iterable[bool]) -> float | None:
    values = list(found)
    return sum(values) / len(values) if values else None
