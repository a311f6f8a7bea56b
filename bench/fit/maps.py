"""Two linear maps, one for needs and one for offers, that bring what belongs together near (InfoNCE, plain numpy)."""

import numpy as np

from bench.fit.rows import Array

TEMPERATURE = 0.05
BATCH = 64
RATE = 1e-3


def fit_maps(needs: Array, offers: Array, targets: Array, epochs: int, kept: int, seed: int) -> tuple[Array, Array]:
    """Learn both maps from the identity on. `targets`: for each need how its offers share the probability (rows add up to 1).

    Every offer is a negative for a need that does not list it. Adam with a rate that falls to nothing; more epochs overfit.
    Both maps end in the `kept` directions in which what they make of needs and offers differs most.
    """
    random = np.random.default_rng(seed)
    maps = [np.eye(needs.shape[1], dtype=np.float32), np.eye(offers.shape[1], dtype=np.float32)]
    first = [np.zeros_like(one) for one in maps]
    second = [np.zeros_like(one) for one in maps]
    steps = epochs * -(-len(needs) // BATCH)
    step = 0
    for _ in range(epochs):
        order = random.permutation(len(needs))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            step += 1
            rate = RATE * (1 - step / (steps + 1))
            for index, gradient in enumerate(_gradients(needs[batch], offers, targets[batch], maps[0], maps[1])):
                first[index] = 0.9 * first[index] + 0.1 * gradient
                second[index] = 0.999 * second[index] + 0.001 * gradient**2
                mean, spread = first[index] / (1 - 0.9**step), second[index] / (1 - 0.999**step)
                maps[index] = maps[index] - rate * mean / (np.sqrt(spread) + 1e-8)
    mapped = np.vstack([_unit(needs @ maps[0]), _unit(offers @ maps[1])])
    _, directions = np.linalg.eigh(mapped.T @ mapped)
    widest = directions[:, ::-1][:, :kept].astype(np.float32)
    return maps[0] @ widest, maps[1] @ widest


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _gradients(needs: Array, offers: Array, targets: Array, need_map: Array, offer_map: Array) -> tuple[Array, Array]:
    """Gradients of the cross-entropy between targets and softmax(cosine / temperature), through the normalisation."""
    mapped_needs, mapped_offers = needs @ need_map, offers @ offer_map
    need_length = np.linalg.norm(mapped_needs, axis=1, keepdims=True)
    offer_length = np.linalg.norm(mapped_offers, axis=1, keepdims=True)
    unit_needs, unit_offers = mapped_needs / need_length, mapped_offers / offer_length
    scores = unit_needs @ unit_offers.T / TEMPERATURE
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    pull = (shares - targets) / len(needs) / TEMPERATURE
    to_needs, to_offers = pull @ unit_offers, pull.T @ unit_needs
    to_needs = (to_needs - (to_needs * unit_needs).sum(axis=1, keepdims=True) * unit_needs) / need_length
    to_offers = (to_offers - (to_offers * unit_offers).sum(axis=1, keepdims=True) * unit_offers) / offer_length
    return needs.T @ to_needs, offers.T @ to_offers
