"""The pages that are written from the code are up to date, and say something of everything."""

import re

import pytest

from chassis import telemetry
from deploy import reference


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_page_is_up_to_date(name: str) -> None:
    page = (reference.FOLDER / name).read_text(encoding="utf-8")
    assert page == reference.PAGES[name](), "run: python -m deploy.reference"


def test_every_metric_has_a_meaning_and_no_label_that_could_hold_an_id() -> None:
    names = set(re.findall(r'\("(anlaufstelle_\w+)"', (reference.FOLDER.parents[1] / "chassis" / "telemetry.py").read_text()))
    assert len(reference.metrics()) > 5
    for metric in reference.metrics():
        assert len(metric._documentation) > 10
        assert set(metric._labelnames) <= {"service", "type", "outcome"}
    assert telemetry.PARKED in reference.metrics()
    assert names <= set(re.findall(r"`(anlaufstelle_\w+)`", reference.metrics_page()))


def test_every_setting_has_a_meaning() -> None:
    rows = re.findall(r"^\| (`ANLAUFSTELLE_.*?) \| (.*?) \| (.*?) \|$", reference.settings_page(), re.MULTILINE)
    assert len(rows) > 20
    assert [variable for variable, _, meaning in rows if len(meaning) < 10] == []
