"""The model card: where the numbers come from, what they reach, where they end."""

from bench.fit.calibrate import BY_HAND, COVERAGE, FITTED, LIST_FROM, LOST, Report
from services.matching.domain.model import Model

_ROWS = {
    "hit_at_1": "a right offer first, of the needs that have one",
    "hit_at_3": "a right offer among the first three",
    "hit_at_5": "a right offer among the first five",
    "hit_at_3_grade_2": "an offer that answers it fully among the first three",
    "referral_coverage": "needs with an offer that are referred at once",
    "referral_precision": "of all referred at once: at least one named offer is right",
    "first_precision": "of all referred at once: the first named offer is right",
    "false_referrals": "needs without any offer that are referred at once",
    "review": "needs that a coordinator decides",
    "unmet_of_with_offer": "needs with an offer that are called unmet",
    "unmet_of_without_offer": "needs without an offer that are called unmet",
    "categories_micro_f1": "categories read off the words, plainly named ones counting half, micro F1",
    "has_offer_auc": "telling needs with an offer from those without (AUC of the chance)",
    "brier": "Brier score of the probabilities",
    "calibration_error": "expected calibration error",
    "gap_pairwise_f1": "themes of unmet needs, pairwise F1 (needs without an offer)",
}

_TEXT = """# Model card: matching

Written by `python -m bench.fit.matching`; do not edit.

**What it does.** For a need and the offers of a directory it gives the probability that each offer helps, the
categories of the need, and the theme that an unmet need belongs to. It runs on a CPU in a millisecond beside the
embedding.

**How.** Embeddings of {encoder} (frozen) go through two linear maps, 384 × 384, one for needs and one for offers
(InfoNCE, started at the identity, temperature 0.05, five epochs). In the common space a softmax over 23 categories and
a score for unusual asks are read off. Similarity, agreement of topics and shared words add up to *meaning*; meaning,
its lead over the next candidate, whether the offer is about what the person plainly named (intake's word list), and facts
(language, district, horizon) give the probability by logistic regression.

**Data.** `data/corpus` for everything but calibration: maps, topics, unusual asks, and, with one of its seven parts
left out at a time, the weights of meaning. `data/devset` for calibration only: the intercept, the weights of {fitted},
and two thresholds. Set by hand:
{by_hand}; offers under {list_from} are not named.

**Thresholds.** They are drawn on the chance that one of the first three offers helps. Referred at once from {refer_from}
(the most at which {coverage:.0%} of the needs with an offer are), left to a coordinator from {review_from} (the
most at which {lost:.0%} of the needs with an offer are called unmet), unmet below.

## Measures on the development set, 2026-11-22

Probabilities are cross-validated by need (5 folds, 4 times). District and horizon are the labelled ones; categories
are what intake's word list and the model read. "All" is 300 needs, 225 with an offer; one need in a language weighs one to
nine points, so read the last columns with care.

{table}

### Where to draw the line

| referred from | coverage | at least one right | first right | false referrals |
|---|---|---|---|---|
{lines}

## Limits

- The development set was looked at while this was built. Learning rate and batch size of the maps, the weight of partly
  fitting offers, the kind and regularisation of the topic classifier and its threshold, which features to keep, that unusual
  asks count, that the first three offers are judged together, that full offers are ranked with the rest, and how a plainly
  named topic counts (also, a few words of intake's list were dropped for what they did there): about fifty-five variants in
  all were compared by their scores on it, and the better ones kept. Cross-validation covers the calibration's weights alone,
  not these choices and not the two thresholds. The figures are therefore somewhat too good for unseen data.
- Synthetic needs and offers, one author each, no native proofreading: expect less on real messages. Differences of two
  points are noise.
- A need that no offer answers is told from others only a little better than by chance: the words of a near miss are
  near. What an offer excludes in its text ("we do not pay vets") is not understood yet.
- A plainly named topic is a category, not a thing: a sofa and a pram are both furnishing. Of a few things that the rest of
  their category does not replace (a vet, a driving licence, a prosthesis) intake says no category.
- Arabic, Polish and others are embedded, but nothing was fitted or measured in them.
- "Unusual" knows what directories of help seldom hold; a directory that does hold it has to win by meaning.
- An offer that is full or over lowers the chance of those that mean the same less well. That also holds for last year's
  edition of a course beside this year's: withdraw what will not come back.
- Audience and age are read from plain statements only and exclude nothing in doubt.
"""


def write(model: Model, report: Report) -> str:
    """The card as Markdown."""
    numbers = model.numbers
    lines = [
        f"| {row['from']:.2f} | {row['referral_coverage']:.2f} | {row['referral_precision']:.2f} | {row['first_precision']:.2f} "
        f"| {row['false_referrals']:.2f} |"
        for row in report.by_threshold
    ]
    return _TEXT.format(
        encoder=numbers.encoder, fitted=", ".join(FITTED).replace("_", " "),
        by_hand=", ".join(f"the weight of {name} ({weight})" for name, weight in BY_HAND.items()), list_from=LIST_FROM,
        refer_from=numbers.refer_from, review_from=numbers.review_from, coverage=COVERAGE, lost=LOST,
        table=table(report), lines="\n".join(lines),
    )  # fmt: skip


def table(report: Report) -> str:
    """Measures by language."""
    columns = list(report.measures)
    head = "| measure | " + " | ".join(f"{name} ({report.measures[name]['needs']:.0f})" for name in columns) + " |"
    body = [
        f"| {words} | " + " | ".join(_cell(report.measures[name].get(key)) for name in columns) + " |"
        for key, words in _ROWS.items()
    ]  # fmt: skip
    return "\n".join([head, "|---" * (len(columns) + 1) + "|", *body])


def _cell(value: float | None) -> str:
    return "" if value is None or value != value else f"{value:.3f}"
