"""Embeddings: any text gives a vector; an endpoint of one's own can stand in for the bundled encoder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from pydantic import SecretStr

from services.matching.domain.decision import decide
from services.matching.domain.index import Index
from services.matching.domain.model import Model, Vectors, to_bytes
from services.matching.domain.need import Need
from services.matching.encoder import BundledEncoder, EndpointEncoder, RememberingEncoder
from services.matching.main import MatchingSettings, WrongEncoder, build
from tests.matching.test_decision import TODAY

FOLDER = Path(__file__).parents[2] / "services" / "matching" / "model"
STRANGE = ["", " ", "😀😀", "a\0b", "слово " * 50_000, "أحتاج إلى مساعدة في السكن", "Szukam mieszkania", "\ud800", "?" * 10]


async def test_any_text_gives_a_vector_of_length_one_and_a_decision() -> None:
    model = Model.load(FOLDER)
    vectors = await BundledEncoder().queries(STRANGE)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    for text, vector in zip(STRANGE, vectors, strict=True):
        need = Need(id="n", text=text, language="uk", vector=to_bytes(vector))
        assert decide(need, Index(model), model, TODAY).reason == "no_such_offer"


async def test_what_follows_a_nul_is_not_lost() -> None:
    one, other = await BundledEncoder().queries(["кіт\0 потрібен ветеринар", "кіт  потрібен ветеринар"])
    assert one @ other > 0.99


async def test_a_batch_and_a_single_text_agree() -> None:
    encoder = BundledEncoder()
    together = await encoder.queries(["шукаю роботу", "потрібен одяг"])
    alone = await encoder.queries(["потрібен одяг"])
    assert together[1] @ alone[0] > 0.999


async def test_an_endpoint_is_asked_in_batches_with_prefix_and_key() -> None:
    seen: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        seen.append(body)
        assert request.url.path == "/v1/embeddings"
        rows = [{"index": index, "embedding": [float(index + 1), 0.0]} for index in range(len(body["input"]))]
        return httpx.Response(200, json={"data": rows[::-1]})

    client = httpx.AsyncClient(base_url="http://embedder/v1/", transport=httpx.MockTransport(answer))
    encoder = EndpointEncoder("http://embedder/v1", "some-model", SecretStr(""), "query: ", "passage: ", client)
    vectors = await encoder.queries([f"text {number}" for number in range(40)])
    assert vectors.shape == (40, 2)
    assert np.allclose(vectors[:, 0], 1)
    assert [len(body["input"]) for body in seen] == [32, 8]
    assert seen[0]["input"][0] == "query: text 0"
    await encoder.passages(["offer"])
    assert seen[-1]["input"] == ["passage: offer"]


async def test_an_endpoint_that_answers_too_little_is_an_error() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"data": []}))
    client = httpx.AsyncClient(base_url="http://embedder/", transport=transport)
    with pytest.raises(ValueError, match="0 vectors for 1 texts"):
        await EndpointEncoder("http://embedder", "m", SecretStr(""), "", "", client).queries(["text"])


async def test_what_was_embedded_is_remembered() -> None:
    asked: list[str] = []

    class Counting(BundledEncoder):
        async def queries(self, texts: Sequence[str]) -> Vectors:
            asked.extend(texts)
            return np.ones((len(texts), 2), dtype=np.float32)

    encoder = RememberingEncoder(Counting())
    await encoder.queries(["a", "b", "a"])
    assert (await encoder.queries(["b", "c"])).shape == (2, 2)
    assert asked == ["a", "b", "c"]


def test_a_model_of_another_encoder_is_refused() -> None:
    settings = MatchingSettings(embedding_url="http://embedder/v1", embedding_model="another")
    with pytest.raises(WrongEncoder, match="another"):
        build(settings)
