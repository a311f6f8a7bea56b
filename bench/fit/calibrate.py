"""Turns meaning and facts into a probability on the development set, cross-validated, and chooses the thresholds."""

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, f1_score, roc_auc_score
from sklearn.model_selection import KFold

from bench.fit.rows import DEVSET, NOW, TODAY, Row, embed, language, offer, rows
from services.intake.domain.topics import topics
from services.matching.domain.decision import chance_of_help, consider
from services.matching.domain.gap import Gap, choose
from services.matching.domain.index import Index
from services.matching.domain.model import Model, to_bytes
from services.matching.domain.need import Need
from services.matching.domain.ranking import CONSIDERED, MOST_NAMED, Query, categories, rank

FITTED = (
    "meaning", "margin", "named_topic", "language", "same_district", "elsewhere", "far", "other_horizon", "unusual", "missing",
    "refused", "refused_by_all",
)  # fmt: skip
BY_HAND = {"stale": -0.3, "their_age": 1.0}
"""No offer of the development set says when it was checked: an old check costs a little, by decree. An offer for old people is
likelier when an old person's age is named; too few do that to fit it."""
FOLDS, REPEATS = 5, 4
COVERAGE = 0.53
"""Share of needs with an offer that must be referred at once; above it, the surer the better. Some of them pass a person all the
same (private housing and work, danger), so that about half are referred."""
SLACK = 0.01
"""By how much the threshold is lowered then: read by intake, messages look a little less sure than with labelled districts."""
LOST = 0.12
"""Share of needs with a right offer that may be called unmet."""
LIST_FROM = 0.1
"""An offer less likely than this is not named beside a better one."""
EASY_SIMILARITY = 0.01
"""Share of right pairs that may be less similar than what a rematch looks at."""


@dataclass
class Report:
    """Measures on the development set by name, for all needs and per language."""

    measures: dict[str, dict[str, float]] = field(default_factory=dict)
    by_threshold: list[dict[str, float]] = field(default_factory=list)
    held_out: str = ""
    without_things: str = ""
    """A right offer first / among the first three, of unseen offers of the corpus."""


def devset_index(model: Model) -> Index:
    """The development set's offers, expired and full ones included."""
    found = [offer(row) for row in rows(DEVSET / "offers.jsonl")]
    vectors = embed([one.text for one in found], False)
    index = Index(model)
    index.put([one.model_copy(update={"vector": to_bytes(vector)}) for one, vector in zip(found, vectors, strict=True)])
    return index


def devset_needs() -> tuple[list[Row], list[Need]]:
    """The development set's needs, as intake would hand them on, with the categories that it reads off plain words."""
    asked = [row for row in rows(DEVSET / "needs.jsonl") if row["kind"] == "need"]
    vectors = embed([row["text"] for row in asked], True)
    return asked, [
        Need(
            id=row["id"], text=row["text"], language=language(row), district=row["district"], horizon=row["horizon"],
            people=row["people"], said_categories=topics(row["text"]), vector=to_bytes(vector),
        )
        for row, vector in zip(asked, vectors, strict=True)
    ]  # fmt: skip


def calibrate(model: Model) -> Report:
    """Fit intercept, weights and thresholds into `model.numbers`; measure."""
    numbers = model.numbers
    numbers.weights = dict.fromkeys([*FITTED, *BY_HAND], 0.0)
    index, (asked, needs) = devset_index(model), devset_needs()
    features = np.zeros((len(needs), CONSIDERED, len(FITTED)))
    grades = np.zeros((len(needs), CONSIDERED), dtype=int)
    similar, said = [], []
    for number, (row, need) in enumerate(zip(asked, needs, strict=True)):
        query = Query.of(need, model, TODAY)
        found = consider(query, index)
        similarity = {one.id: value for one, value, fact in found if fact is None}
        ranked = rank(query, [(one, value) for one, value, _ in found], index, model)
        said.append(need.said_categories or categories(query, ranked, model))
        for place, candidate in enumerate(one for one in ranked if one.offer.id in similarity):
            features[number, place] = [candidate.features[name] for name in FITTED]
            grades[number, place] = row["relevant_offers"].get(candidate.offer.id, 0)
            if grades[number, place]:
                similar.append(similarity[candidate.offer.id])

    probabilities = _cross_validated(features, grades)
    final = _fit(features, grades)
    numbers.intercept = round(float(final.intercept_[0]), 4)
    numbers.weights = {name: round(float(w), 4) for name, w in zip(FITTED, final.coef_[0], strict=True)} | BY_HAND
    numbers.rematch_similarity = round(float(np.quantile(similar, EASY_SIMILARITY)), 3)
    numbers.list_from = LIST_FROM
    outcome = Outcomes.of(asked, probabilities, grades)
    numbers.refer_from = round(outcome.most_for_coverage(COVERAGE) - SLACK, 2)
    numbers.review_from = outcome.most_for_lost(LOST)
    report = Report()
    languages = np.array([row["language"] for row in asked])
    for name in ("all", "uk", "ru", "de", "en", "mixed"):
        chosen = np.flatnonzero((languages == name) | (name == "all"))
        report.measures[name] = outcome.only(chosen).measures(numbers.refer_from, numbers.review_from)
        report.measures[name] |= _categories([asked[i] for i in chosen], [said[i] for i in chosen], numbers.categories)
    report.measures["all"]["gap_pairwise_f1"] = _gap_f1(asked, needs, model)
    report.by_threshold = [
        {"from": at / 20} | outcome.measures(at / 20, numbers.review_from) for at in range(6, 16)
    ]  # fmt: skip
    return report


@dataclass
class Outcomes:
    """Candidates of each need by descending probability, with their grades, and whether the need has any offer at all."""

    probabilities: NDArray[np.float64]
    grades: NDArray[np.int64]
    has_offer: NDArray[np.bool_]

    @classmethod
    def of(cls, asked: list[Row], probabilities: NDArray[np.float64], grades: NDArray[np.int64]) -> "Outcomes":
        order = np.argsort(-probabilities, axis=1, kind="stable")
        return cls(
            np.take_along_axis(probabilities, order, 1), np.take_along_axis(grades, order, 1),
            np.array([bool(row["relevant_offers"]) for row in asked]),
        )  # fmt: skip

    def only(self, chosen: NDArray[np.int64]) -> "Outcomes":
        return Outcomes(self.probabilities[chosen], self.grades[chosen], self.has_offer[chosen])

    @property
    def chance(self) -> NDArray[np.float64]:
        """For each need, the chance that one of the first offers helps."""
        return np.array([chance_of_help(list(some)) for some in self.probabilities])

    def most_for_coverage(self, wanted: float) -> float:
        chance = self.chance[self.has_offer]
        return max(at / 100 for at in range(1, 100) if (chance >= at / 100).mean() >= wanted)

    def most_for_lost(self, allowed: float) -> float:
        chance = self.chance[self.has_offer]
        return max(at / 100 for at in range(1, 50) if (chance < at / 100).mean() <= allowed)

    def measures(self, refer_from: float, review_from: float) -> dict[str, float]:
        """All that the card tells."""
        chance, has = self.chance, self.has_offer
        named = self.probabilities[:, :MOST_NAMED] >= LIST_FROM
        right = (self.grades[:, :MOST_NAMED] > 0) & named
        referred, unmet = chance >= refer_from, chance < review_from
        return {
            "needs": len(has),
            "hit_at_1": _mean(self.grades[has, :1].max(axis=1) > 0),
            "hit_at_3": _mean(self.grades[has, :3].max(axis=1) > 0),
            "hit_at_5": _mean(self.grades[has, :5].max(axis=1) > 0),
            "hit_at_3_grade_2": _mean(self.grades[has, :3].max(axis=1) > 1),
            "referral_precision": _mean(np.any(right[referred], axis=1)),
            "first_precision": _mean(self.grades[referred, 0] > 0),
            "referral_coverage": _mean(referred[has]),
            "false_referrals": _mean(referred[~has]),
            "review": _mean(~referred & ~unmet),
            "unmet_of_with_offer": _mean(unmet[has]),
            "unmet_of_without_offer": _mean(unmet[~has]),
            "brier": float(brier_score_loss(self.grades.ravel() > 0, self.probabilities.ravel())),
            "calibration_error": _calibration_error(self.probabilities.ravel(), self.grades.ravel() > 0),
            "has_offer_auc": float(roc_auc_score(has, chance)) if 0 < has.sum() < len(has) else float("nan"),
        }


def _fit(features: NDArray[np.float64], grades: NDArray[np.int64]) -> LogisticRegression:
    return LogisticRegression(max_iter=1000).fit(features.reshape(-1, features.shape[-1]), grades.ravel() > 0)


def _cross_validated(features: NDArray[np.float64], grades: NDArray[np.int64]) -> NDArray[np.float64]:
    """Probabilities of each need's candidates from fits on other needs."""
    found = np.zeros(grades.shape)
    for repeat in range(REPEATS):
        for train, test in KFold(FOLDS, shuffle=True, random_state=repeat).split(features):
            fitted = _fit(features[train], grades[train])
            flat = features[test].reshape(-1, features.shape[-1])
            found[test] += fitted.predict_proba(flat)[:, 1].reshape(len(test), -1) / REPEATS
    return found


def _mean(values: NDArray[np.bool_]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _calibration_error(probabilities: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten equal bins."""
    bins = np.minimum((probabilities * 10).astype(int), 9)
    return float(sum(
        (bins == one).mean() * abs(probabilities[bins == one].mean() - right[bins == one].mean())
        for one in range(10) if (bins == one).any()
    ))  # fmt: skip


def _categories(asked: list[Row], said: list[list[str]], names: list[str]) -> dict[str, float]:
    marks = [[[name in some for name in names] for some in found] for found in ([row["categories"] for row in asked], said)]
    return {"categories_micro_f1": float(f1_score(np.array(marks[0]), np.array(marks[1]), average="micro"))}


def _gap_f1(asked: list[Row], needs: list[Need], model: Model) -> float:
    """Pairwise F1 of the gaps into which the needs without any offer gather, in the order of the file."""
    gaps: list[Gap] = []
    labels = []
    for row, need in zip(asked, needs, strict=True):
        if row["relevant_offers"]:
            continue
        found = choose(need, gaps, model) or Gap.opened(need, NOW)
        gaps = [gap for gap in gaps if gap.id != found.id] + [found.joined(need, NOW)]
        labels.append((found.id, row["gap_theme"]))
    together = [(a[0] == b[0], a[1] is not None and a[1] == b[1]) for a, b in combinations(labels, 2)]
    both = sum(one and other for one, other in together)
    return float(2 * both / (sum(one for one, _ in together) + sum(other for _, other in together)))
