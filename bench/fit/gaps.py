"""How alike unmet needs must be to count as one theme: pairwise F1 on data/corpus/unmet.jsonl, `python -m bench.fit.gaps`."""

from itertools import combinations, product

import numpy as np

from bench.fit.rows import CORPUS, NOW, ROOT, embed, rows
from services.matching.domain.gap import Gap, choose
from services.matching.domain.model import Model, to_bytes
from services.matching.domain.need import Need


def main() -> None:
    """Print F1 for each weight of topics, of things that are named, and similarity, over the rows in two shuffled orders."""
    model = Model.load(ROOT / "services" / "matching" / "model")
    asked = rows(CORPUS / "unmet.jsonl")
    vectors = embed([row["text"] for row in asked], True)
    needs = [Need(id=row["id"], text=row["text"], vector=to_bytes(vector)) for row, vector in zip(asked, vectors, strict=True)]
    for topics, things, similarity in product((0.6, 0.9), (0.2, 0.4, 0.6), np.arange(0.76, 1.1, 0.08)):
        model.numbers.gap_topic_weight, model.numbers.gap_concept_weight = topics, things
        model.numbers.gap_similarity = float(similarity)
        scores = [score(needs, [row["theme"] for row in asked], model, seed) for seed in range(2)]
        print(f"topics {topics}  things {things}  similarity {similarity:.2f}  F1 {np.mean(scores):.3f}", flush=True)


def score(needs: list[Need], themes: list[str], model: Model, seed: int) -> float:
    """Pairwise F1 of the gaps that needs gather into, in an order drawn by a seed."""
    gaps: dict[str, Gap] = {}
    labels: list[tuple[str, str]] = []
    for index in np.random.default_rng(seed).permutation(len(needs)):
        found = choose(needs[index], list(gaps.values()), model) or Gap.opened(needs[index], NOW)
        gaps[found.id] = found.joined(needs[index], NOW)
        labels.append((found.id, themes[index]))
    pairs = [(a[0] == b[0], a[1] == b[1]) for a, b in combinations(labels, 2)]
    return 2.0 * sum(a and b for a, b in pairs) / (sum(a for a, _ in pairs) + sum(b for _, b in pairs))


if __name__ == "__main__":
    main()
