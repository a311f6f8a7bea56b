"""What a channel claims of its quality is looked at, and its level follows from it."""

from dataclasses import replace
from pathlib import Path

import pytest

from deploy import quality
from deploy.quality import RULES, Candidate, Claim, Level, Rule
from services.intake import channels

DONE = Claim("done")


@pytest.fixture
def telegram() -> Candidate:
    """A channel of which everything is claimed that is so."""
    found = quality.candidate("telegram")
    assert quality.problems(found) == []
    return found


def claiming(candidate: Candidate, **claims: Claim) -> Candidate:
    return replace(candidate, claims={**candidate.claims, **claims})


@pytest.mark.parametrize("name", channels.available())
def test_what_our_channels_claim_is_so(name: str) -> None:
    one = quality.candidate(name)
    assert one.claims, f"write {name}.yaml beside it"
    assert quality.problems(one) == []


@pytest.mark.parametrize(
    ("rule", "claim", "problem"),
    [
        ("receipts", DONE, "receipts: it does not declare RECEIPTS"),
        ("deletions", Claim("exempt"), "deletions: an exemption has a reason"),
        ("groups", Claim("exempt", "too loud"), "groups: exempt, and yet it declares GROUPS"),
        ("kit", Claim("exempt", "no time"), "kit: nobody is exempt from what is bronze"),
        ("peer", Claim("exempt", "no peer"), "peer: nobody is exempt from what is platinum"),
        ("page", DONE, "page: say where: {done: path/of/the/file}"),
        ("page", Claim("done", "docs/nowhere.md"), "page: docs/nowhere.md is not there"),
        ("load", Claim("nearly"), "load: say done, todo, or {exempt: reason}"),
        ("speed", DONE, "speed: there is no such rule"),
    ],
)
def test_what_is_not_so_is_said(telegram: Candidate, rule: str, claim: Claim, problem: str) -> None:
    assert problem in quality.problems(claiming(telegram, **{rule: claim}))


def test_every_rule_is_to_be_answered(telegram: Candidate) -> None:
    claims = {name: claim for name, claim in telegram.claims.items() if name != "load"}
    assert quality.problems(replace(telegram, claims=claims)) == ["load: say done, todo, or {exempt: reason}"]


def test_what_the_fixtures_leave_out_is_not_done(telegram: Candidate) -> None:
    assert quality.problems(replace(telegram, kit={**telegram.kit, "exempt": {"busy": "never"}})) == [
        "failures: kit.yaml leaves out: busy"
    ]
    assert "kit: it has no kit.yaml" in quality.problems(replace(telegram, kit={}))


@pytest.mark.parametrize("last", Level)
def test_a_level_needs_all_rules_of_it_and_below(telegram: Candidate, last: Level) -> None:
    levels = list(Level)
    kept = [rule for rule in RULES if levels.index(rule.level) <= levels.index(last)]
    assert quality.level(with_done(telegram, kept)) is last
    below = levels[levels.index(last) - 1] if last is not Level.BRONZE else None
    assert quality.level(with_done(telegram, kept[:-1])) is below


def with_done(candidate: Candidate, kept: list[Rule]) -> Candidate:
    return replace(candidate, claims={rule.name: DONE if rule in kept else Claim("todo") for rule in RULES})


def test_a_channel_without_a_file_claims_nothing(telegram: Candidate) -> None:
    silent = replace(telegram, claims={}, folder=Path())
    assert quality.level(silent) is None
    assert quality.problems(silent) == []
