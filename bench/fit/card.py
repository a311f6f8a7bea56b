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
    "categories_micro_f1": "categories (plainly named ones, or read off the words and the nearest offers), micro F1",
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

**How.** Embeddings of {encoder} (frozen) go through linear maps, one pair for each encoder: one map for needs, one for offers
(InfoNCE, started at the identity, temperature 0.05, five epochs; three for the Universal Sentence Encoder, which counts half).
What they make is cut to the {mapped} directions that matter most. In the common space a softmax over 23 categories and a score
for unusual asks are read off. Similarity, agreement of topics, shared words and shared things add up to *meaning*. Things are
what `concepts.tsv` lists: a vet, a pram, a B1 course, with what an offer refuses ("wir zahlen keinen Tierarzt"). Meaning, its
lead over the next candidate, whether the offer is about what the person plainly named (intake's word list), what is asked that
it does not name or refuses, or that a near offer refuses and none gives, and facts (language, district, horizon) give the
probability by logistic regression. The category of a need is half what its words look like, half what the offers are about that
mean the same.

**Data.** `data/corpus` for everything but calibration: maps, topics, unusual asks, and, in seven folds that leave out a seventh
of the offers of each category with all their needs, the weights of meaning. `data/devset` for calibration only: the intercept,
the weights of {fitted}, and two thresholds. Set by hand: {by_hand}; offers under {list_from} are not named; `concepts.tsv`.

**Thresholds.** They are drawn on the chance that one of the first three offers helps. Referred at once from
{refer_from} (one hundredth under the most at which {coverage:.0%} of the needs with an offer are), left to a
coordinator from {review_from} (the most at which {lost:.0%} of the needs with an offer are called unmet), unmet below.

## Offers never seen, in the corpus

A right offer first / among the first three, of about 120 offers of a fold, weights of meaning from the other folds: {held_out}.
These needs are more roundabout than those of the development set, and which offer is right is told by words alone. By this
measure the method was chosen: without the things it is {without_things}; in a trial with somewhat easier folds the first
encoder alone reached 0.457 / 0.682, both 0.488 / 0.720, and with the things 0.514 / 0.744.

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

- The development set was looked at while this was built. In the foundation some fifty-five variants were compared by it (rate
  and batch of the maps, weight of partly fitting offers, threshold of categories, which facts to keep, how a plainly named
  topic counts). The second encoder, the things, the reading of categories off the nearest offers and the weights of meaning
  were chosen on the folds of the corpus; of the signs that no offer helps, about fifty combinations were compared on both, and
  those kept that hold on both or need no fitting. The threshold of referring was picked by looking: from 0.79 to 0.83 precision
  hardly moves, and coverage and false referrals trade one need for another. Whoever wrote `concepts.tsv` knew what the
  development set's gaps are. Cross-validation covers the weights of the calibration, not these choices and not the two
  thresholds: expect a little less on unseen data.
- Synthetic needs and offers, one author each, no native proofreading: expect less on real messages. 75 needs have no offer, so
  that one of them is 1.3 points of false referrals; differences of two points are noise.
- What an offer excludes is understood when it is a thing of `concepts.tsv` and the refusal is plain.
- Tried and left out, because unseen offers of the corpus were not found better: similarity of single sentences, the neighbours
  among the corpus's needs and their cards, maps with another temperature, more epochs, centred or whitened embeddings or
  several seeds, hashed word pieces beside the embedding, a map between things, gradient-boosted trees instead of the logistic
  regression.
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
        encoder=numbers.encoder.replace("+", " and "), mapped=model.mapped_dimensions, held_out=report.held_out,
        without_things=report.without_things, fitted=", ".join(FITTED).replace("_", " "),
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
