"""The decision, on vectors made by hand: one axis a theme, the model's maps at the identity."""

from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import numpy as np
import pytest
from anlaufstelle_contracts import ReviewRequested, UnmetReason

from services.matching.domain.decision import Outcome, chance_of_help, chosen_by_human, decide, settle
from services.matching.domain.gap import Evidence, Gap, Thresholds, choose, is_due
from services.matching.domain.index import EXACT, Index
from services.matching.domain.model import Block, Model, Numbers, Scale, Vectors, to_bytes, unit
from services.matching.domain.need import Need, NeedState
from services.matching.domain.offer import Offer, OfferStatus

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
THEMES = ("animals", "food", "housing", "work")
SIZE = 8


def make_model() -> Model:
    numbers = Numbers(
        encoder="by hand", blocks=[Block(dimensions=SIZE, share=1)], categories=list(THEMES), category_threshold=0.3,
        meaning={name: Scale(mean=mean, deviation=1, weight=weight) for name, mean, weight in (
            ("similarity", 0.5, 6.0), ("topic", 0.0, 0.1), ("words", 0.0, 0.1), ("things", 0.0, 0.1),
        )},
        intercept=-1.0, weights={"meaning": 1.0, "language": 0.5, "far": -4.0, "other_horizon": -4.0},
        refer_from=0.7, review_from=0.4, list_from=0.2, rematch_similarity=0.3, gap_topic_weight=0.5,
        gap_concept_weight=0.5, gap_similarity=1.0,
        everyday_stems=["потрі"],
    )  # fmt: skip
    identity = np.eye(SIZE, dtype=np.float32)
    topics = np.zeros((SIZE, len(THEMES)), dtype=np.float32)
    topics[: len(THEMES)] = 8 * np.eye(len(THEMES))
    return Model(numbers, [identity], [identity], topics, np.zeros(len(THEMES), np.float32), np.zeros(SIZE, np.float32), 0.0)


def axis(theme: str, lean: float = 0.0) -> Vectors:
    """A vector of a theme, leaning towards an axis that belongs to none."""
    vector = np.zeros((1, SIZE), dtype=np.float32)
    vector[0, THEMES.index(theme)] = 1
    vector[0, -1] = lean
    return np.asarray(unit(vector)[0])


def offer(identifier: str, theme: str, lean: float = 0.0, **fields: Any) -> Offer:
    values: dict[str, Any] = {
        "id": identifier, "title": identifier, "description": "", "categories": [theme], "languages": ["uk"],
        "status": OfferStatus.PUBLISHED, "changed_at": NOW, "vector": to_bytes(axis(theme, lean)),
    }  # fmt: skip
    return Offer(**values | fields)


def need(theme: str, identifier: str = "n", **fields: Any) -> Need:
    values: dict[str, Any] = {
        "id": identifier, "person_id": identifier, "language": "uk", "articulated_at": NOW, "encoder": "by hand",
        "vector": to_bytes(axis(theme)),
    }  # fmt: skip
    return Need(**values | fields)


@pytest.fixture
def model() -> Model:
    return make_model()


def index_of(model: Model, *offers: Offer) -> Index:
    index = Index(model)
    index.put(list(offers))
    return index


def test_what_fits_is_referred_best_first_and_at_most_three(model: Model) -> None:
    index = index_of(model, *(offer(f"o{lean}", "food", lean / 10) for lean in range(5)), offer("pet", "animals"))
    decision = decide(need("food"), index, model, TODAY)
    assert decision.outcome is Outcome.REFER
    assert [one.offer_id for one in decision.offers] == ["o0", "o1", "o2"]
    assert decision.categories == ["food"]
    assert [str(reason) for reason in decision.offers[0].reasons] == ["topic", "language", "city_wide"]


def test_what_is_unsure_is_left_to_a_coordinator(model: Model) -> None:
    decision = decide(need("food"), index_of(model, offer("o", "food", 1.2)), model, TODAY)
    assert decision.outcome is Outcome.REVIEW
    decided, said = settle(need("food"), decision)
    assert decided.state is NeedState.REVIEW
    assert isinstance(said, ReviewRequested)
    assert [candidate.offer_id for candidate in said.candidates] == ["o"]


def test_an_empty_directory_leaves_every_need_unmet(model: Model) -> None:
    decision = decide(need("food"), index_of(model), model, TODAY)
    assert (decision.outcome, decision.reason) == (Outcome.UNMET, UnmetReason.NO_SUCH_OFFER)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"capacity": 0}, UnmetReason.FULL),
        ({"valid_until": date(2026, 1, 1)}, UnmetReason.OUTDATED),
        ({"valid_from": date(2027, 1, 1)}, UnmetReason.NO_SUCH_OFFER),
        ({"status": OfferStatus.UNVERIFIED}, UnmetReason.NO_SUCH_OFFER),
        ({"audience": ["seniors"]}, UnmetReason.NOT_ELIGIBLE),
        ({"districts": ["Borna"]}, UnmetReason.TOO_FAR),
        ({"districts": ["Gohlis"], "description": "Für Menschen aus Gohlis."}, UnmetReason.TOO_FAR),
    ],
)
def test_unmet_has_the_reason_why_the_best_offer_is_none(model: Model, fields: dict[str, Any], reason: UnmetReason) -> None:
    asked = need("food", text="Мені 30 років", district="Grünau")
    decision = decide(asked, index_of(model, offer("o", "food", **fields)), model, TODAY)
    assert (decision.outcome, decision.reason) == (Outcome.UNMET, reason)
    assert decision.offers == []


def test_what_is_hardly_meant_is_no_reason(model: Model) -> None:
    full = index_of(model, offer("o", "food", capacity=0))
    assert decide(need("food"), full, model, TODAY).reason is UnmetReason.FULL
    model.numbers.review_from = 1.0
    assert decide(need("food"), full, model, TODAY).reason is UnmetReason.NO_SUCH_OFFER


def test_what_nobody_verified_does_not_push_others_back(model: Model) -> None:
    model.numbers.weights = {"meaning": 1.0, "margin": 1.0}
    good, spam = offer("good", "food", 0.3), offer("spam", "food", status=OfferStatus.UNVERIFIED)
    alone = decide(need("food"), index_of(model, good), model, TODAY)
    beside = decide(need("food"), index_of(model, good, spam), model, TODAY)
    assert beside.offers == alone.offers
    assert [one.offer_id for one in beside.excluded] == ["spam"]
    full = decide(need("food"), index_of(model, good, offer("full", "food", capacity=0)), model, TODAY)
    assert [one.probability for one in full.offers] != [one.probability for one in alone.offers]


def test_the_language_can_be_what_is_missing(model: Model) -> None:
    model.numbers.weights = {"meaning": 1.0, "language": 4.0}
    model.numbers.intercept = -5.0
    decision = decide(need("food"), index_of(model, offer("o", "food", languages=["de"])), model, TODAY)
    assert decision.reason is UnmetReason.LANGUAGE


def test_private_housing_and_work_always_pass_a_coordinator(model: Model) -> None:
    for theme in ("housing", "work"):
        private = offer("private", theme, provider_kind="private")
        assert decide(need(theme), index_of(model, private), model, TODAY).outcome is Outcome.REVIEW
        better = offer("public", theme)
        worse = private.model_copy(update={"vector": to_bytes(axis(theme, 0.3))})
        decision = decide(need(theme), index_of(model, better, worse), model, TODAY)
        assert decision.outcome is Outcome.REFER
        assert [one.offer_id for one in decision.offers] == ["public"]
    food = offer("private", "food", provider_kind="private")
    assert decide(need("food"), index_of(model, food), model, TODAY).outcome is Outcome.REFER


def test_more_names_what_was_not_named(model: Model) -> None:
    index = index_of(model, offer("first", "food"), offer("second", "food", 1.4))
    decided, _ = settle(need("food"), decide(need("food"), index_of(model, offer("first", "food")), model, TODAY))
    more = decide(decided, index, model, TODAY, asked_for_more=True)
    assert more.outcome is Outcome.REFER
    assert [one.offer_id for one in more.offers] == ["second"]
    everything, _ = settle(decided, more)
    assert decide(everything, index, model, TODAY, asked_for_more=True).outcome is Outcome.UNMET


def test_what_a_coordinator_found_unfit_is_not_offered_again(model: Model) -> None:
    index = index_of(model, offer("o", "food", 1.2))
    review, _ = settle(need("food"), decide(need("food"), index, model, TODAY))
    unmet, _ = review.found_unfit().leave_unmet(UnmetReason.NO_SUCH_OFFER)
    assert decide(unmet, index, model, TODAY).outcome is Outcome.UNMET


def test_a_coordinators_choice_keeps_what_was_known_of_it(model: Model) -> None:
    chosen = offer("o", "food", 1.2)
    review, _ = settle(need("food"), decide(need("food"), index_of(model, chosen), model, TODAY))
    named = chosen_by_human(review, chosen)
    assert named.probability == review.candidates[0].probability
    assert chosen_by_human(review, offer("other", "food")).probability == 1.0


def test_the_chance_is_that_of_the_first_three_together() -> None:
    assert chance_of_help([0.5, 0.5, 0.5, 0.9]) == pytest.approx(0.875)
    assert chance_of_help([]) == 0


def test_the_index_forgets_and_replaces(model: Model) -> None:
    index = index_of(model, *(offer(f"o{number}", "food") for number in range(200)))
    for number in range(0, 200, 2):
        index.remove(f"o{number}")
    index.put([offer("o1", "animals")])
    assert len(index) == 100
    nearest = [one.id for one, _ in index.nearest(axis("animals"))]
    assert nearest[0] == "o1"
    assert len(nearest) == len(set(nearest)) == 100
    similarities = [similarity for _, similarity in index.nearest(axis("food"))]
    assert similarities == sorted(similarities, reverse=True)
    assert index.rarity.total == 100


def test_a_large_directory_finds_the_nearest_by_its_graph(model: Model) -> None:
    draw = np.random.default_rng(5)
    vectors = np.asarray(unit(draw.normal(size=(EXACT + 500, SIZE)).astype(np.float32)))
    index = Index(model)
    index.put([offer(f"o{row}", "food", vector=to_bytes(vector)) for row, vector in enumerate(vectors)])
    for row in range(0, len(vectors), 2):
        index.remove(f"o{row}")
    index.put([offer("o0", "food", vector=to_bytes(vectors[0]))])
    kept = [0, *range(1, len(vectors), 2)]
    assert len(index) == len(kept) < EXACT < len(vectors)
    index.put([offer(f"o{row}", "food", vector=to_bytes(vector)) for row, vector in enumerate(vectors)])
    found = 0
    for asked in vectors[:40]:
        right = np.argsort(-(vectors @ asked))[:20]
        nearest = [one.id for one, _ in islice(index.nearest(asked), 20)]
        found += len({f"o{row}" for row in right} & set(nearest))
    assert found >= 0.9 * 20 * 40
    everything = [one.id for one, _ in index.nearest(vectors[0])]
    assert len(everything) == len(set(everything)) >= 0.99 * len(vectors)


def test_themes_gather_and_a_gap_needs_several_people(model: Model) -> None:
    gap = Gap.opened(need("animals", "a"), NOW)
    members = [need("animals", name, district="Grünau", categories=["animals"], reason="full", text=f"Потрібен ветеринар {name}")
               for name in "abc"]  # fmt: skip
    for member in members:
        gap = gap.joined(member, NOW)
    assert choose(need("animals", "d"), [gap], model) is gap
    assert choose(need("food", "e"), [gap], model) is None
    evidence = Evidence.of(members, model.numbers.everyday_stems)
    assert (evidence.need_count, evidence.person_count, evidence.districts) == (3, 3, ["Grünau"])
    assert evidence.keywords == ["ветеринар"]
    assert is_due(gap, members, evidence, Thresholds(people=3, days=60))
    assert not is_due(gap, members, evidence, Thresholds(people=4, days=60))
    announced, detected = gap.announce(members, evidence, NOW)
    assert (detected.need_count, str(detected.reasons[0])) == (3, "full")
    assert not is_due(announced, members, evidence, Thresholds(people=3, days=60))

    two = Evidence.of(members[:2], [])
    assert two.districts == []  # two could be recognised

    left, closed = announced.left(members[0], NOW, "o")
    assert closed is None
    left, closed = left.left(members[1], NOW, "o")
    assert closed is not None
    assert closed.offer_id == "o"
    assert left.left(members[2], NOW, None)[1] is None  # closed once


def test_a_gap_whose_needs_are_taken_back_closes_with_the_last(model: Model) -> None:
    members = [need("animals", name) for name in "abc"]
    gap = Gap.opened(members[0], NOW)
    for member in members:
        gap = gap.joined(member, NOW)
    gap, _ = gap.announce(members, Evidence.of(members, []), NOW)
    for member in members[:2]:
        gap, closed = gap.left(member, NOW, None)
        assert closed is None
    _, closed = gap.left(members[2], NOW, None)
    assert closed is not None
    assert closed.offer_id is None


@pytest.mark.parametrize(("thresholds", "due"), [
    ({}, True),
    ({"by_category": {"animals": 4}}, False),
    ({"by_category": {"animals": 2, "food": 9}}, True),
    ({"people": 9, "by_category": {"food": 2}}, False),
    ({"people": 9, "by_urgency": {"now": 2}}, True),
    ({"people": 9, "by_urgency": {"now": 3, "days": 2}}, False),
])  # fmt: skip
def test_the_threshold_depends_on_topic_and_urgency(thresholds: dict[str, Any], due: bool) -> None:
    asked = [("a", "now"), ("a", "now"), ("b", "now"), ("c", "days")]
    members = [
        need("animals", str(place), person_id=person, urgency=urgency, categories=["animals"])
        for place, (person, urgency) in enumerate(asked)
    ]
    gap = Gap.opened(members[0], NOW)
    for member in members:
        gap = gap.joined(member, NOW)
    limits = Thresholds(**{"people": 3, "days": 60} | thresholds)
    assert is_due(gap, members, Evidence.of(members, []), limits) is due
    assert limits.least <= min(limits.people, 4)


def test_a_gap_has_a_label_in_four_languages_with_words_of_those_who_write_them() -> None:
    texts = {
        "uk": "Потрібен ветеринар для кота", "ru": "Нужен ветеринар, прививка собаке", "de": "Suche einen Tierarzt",
    }  # fmt: skip
    members = [
        need("animals", f"{language}{number}", text=text, language=language, categories=["animals"])
        for language, text in texts.items() for number in range(2)
    ]  # fmt: skip
    evidence = Evidence.of(members, ["потрі", "нужен", "suche", "einen"])
    assert evidence.labels == {
        "uk": "Тварини: ветеринар, кота", "ru": "Животные: ветеринар, прививка", "de": "Tiere: Tierarzt",
        "en": "Animals: ветеринар, Tierarzt",
    }  # fmt: skip
    again = [need("animals", name, person_id="one", text="Кіт Мурчик хворіє", categories=["animals"]) for name in "ab"]
    assert Evidence.of(again, []).keywords == []  # what one person says again and again is no shared word
