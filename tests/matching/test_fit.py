"""Fitting: an encoder of one's own behind an endpoint is a matter of settings; no fold learns from what it is tried on."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from zlib import crc32

import numpy as np
import pytest

from bench.fit import rows
from bench.fit.matching import Corpus, fit_meaning, fit_model, held_out, meaning_samples, write
from services.matching.domain.model import Model

SIZE = 48
CATEGORIES = {"food", "work"}


class Endpoint(BaseHTTPRequestHandler):
    """An OpenAI-compatible endpoint whose vectors are hashed beginnings of words."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        data = [{"index": index, "embedding": self._vector(text)} for index, text in enumerate(asked["input"])]
        body = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _vector(self, text: str) -> list[float]:
        vector = np.full(SIZE, 0.01)
        for word in text.lower().split():
            vector[crc32(word[:4].encode()) % SIZE] += 1
        return [float(value) for value in vector]

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def own_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("ANLAUFSTELLE_EMBEDDING_URL", f"http://127.0.0.1:{server.server_port}/v1")
    monkeypatch.setenv("ANLAUFSTELLE_EMBEDDING_MODEL", "own-encoder")
    monkeypatch.setattr(rows, "CACHE", tmp_path / "cache")
    rows.encoder.cache_clear()
    yield
    rows.encoder.cache_clear()
    server.shutdown()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The corpus, but only two of its categories and every sixth need."""
    everything = rows.rows

    def some(path: Path) -> list[rows.Row]:
        found = everything(path)
        if path.name == "cards.jsonl":
            return [row for row in found if row["category"] in CATEGORIES]
        if path.name != "needs.jsonl":
            return [row for row in found if row["categories"] and row["categories"][0] in CATEGORIES]
        cards = {row["id"] for row in some(path.with_name("cards.jsonl"))}
        return [row for row in found if cards.issuperset(row["offers"])][::6]

    monkeypatch.setattr("bench.fit.matching.rows", some)
    monkeypatch.setattr("bench.fit.rows.rows", some)


@pytest.mark.usefixtures("own_encoder", "small")
def test_a_model_is_fitted_for_an_endpoint_by_its_settings(tmp_path: Path) -> None:
    learned = Corpus.read()
    rest, unseen = learned.folds()[0]
    model = fit_model(rest)
    samples = meaning_samples(model, unseen)
    model.numbers.meaning = fit_meaning([samples])
    write(model, tmp_path)
    loaded = Model.load(tmp_path)
    assert loaded.numbers.encoder == "own-encoder"
    assert (loaded.dimensions, loaded.mapped_dimensions) == (SIZE, SIZE)
    assert np.allclose(np.linalg.norm(loaded.map_needs(unseen.need_vectors), axis=1), 1, atol=1e-2)
    first, _ = held_out([samples, meaning_samples(model, rest)]).split(" / ")
    assert float(first) > 2 / len(rest.cards)


@pytest.mark.usefixtures("own_encoder", "small")
def test_no_fold_learns_from_what_it_is_tried_on() -> None:
    for rest, unseen in Corpus.read().folds():
        assert rest.cards
        assert unseen.cards
        tried = {row["id"] for row in unseen.cards}
        assert not tried & {row["id"] for row in rest.cards}
        assert not tried & {name for row in rest.needs for name in row["offers"]}
        assert not {row["theme"] for row in unseen.unmet} & {row["theme"] for row in rest.unmet}
