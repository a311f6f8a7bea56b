"""`anlaufstelle examples export`: what matching gives, as files that the fitting script reads."""

import json
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from bench.fit.rows import corpus
from deploy import examples
from deploy.problem import Problem

ENVIRONMENT = {"ANLAUFSTELLE_MATCHING_URL": "http://matching/", "ANLAUFSTELLE_API_TOKEN": "secret"}
NEED = {"id": "n1", "text": "Стіл для кухні", "categories": ["housing_furnishing"], "offers": {"o1": 2}}
EXPORT = {"needs": [NEED], "unmet": [], "cards": [{"id": "o1", "title": "Möbellager"}]}


def answering(monkeypatch: pytest.MonkeyPatch, status: int, body: object) -> None:
    def get(url: str, headers: dict[str, str], **_: object) -> httpx.Response:
        assert (url, headers["Authorization"]) == ("http://matching/examples", "Bearer secret")
        return httpx.Response(status, json=body)

    monkeypatch.setattr(httpx, "get", get)


def test_the_fit_reads_what_was_exported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answering(monkeypatch, 200, EXPORT)
    for _ in range(2):  # a second export takes the place of the first
        examples.export(Console(), tmp_path / "examples", ENVIRONMENT)
    lines = (tmp_path / "examples" / "needs.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [NEED]
    own = len(corpus("needs"))
    assert corpus("needs", [tmp_path / "examples"])[own:] == [NEED | {"id": "xn1", "offers": {"xo1": 2}}]
    assert corpus("cards", [tmp_path / "examples"])[-1]["id"] == "xo1"
    assert len(corpus("unmet", [tmp_path / "examples"])) == len(corpus("unmet"))


def test_what_goes_wrong_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answering(monkeypatch, 401, {})
    with pytest.raises(Problem, match="refuses it: 401"):
        examples.export(Console(), tmp_path, ENVIRONMENT)
    answering(monkeypatch, 200, EXPORT)
    (tmp_path / "file").touch()
    with pytest.raises(Problem, match="file"):
        examples.export(Console(), tmp_path / "file", ENVIRONMENT)
