# SPDX-License-Identifier: Apache-2.0
"""Random profiles with what makes counting hard: ties, cycles, partial and equal ranks, weights, few ballots and many."""


def order(rng, options, centre):
    """A ranking: at random, or a rotation of one order, which makes cycles, or close to it."""
    style = rng.random()
    ranked = list(options)
    if style < 0.5:
        rng.shuffle(ranked)
    elif style < 0.8:
        turn = rng.randrange(len(options))
        ranked = centre[turn:] + centre[:turn]
    else:
        ranked = list(centre)
        for _ in range(rng.randint(1, 2)):
            i = rng.randrange(len(options) - 1)
            ranked[i], ranked[i + 1] = ranked[i + 1], ranked[i]
    return ranked


def group(rng, ranked, equal):
    groups = []
    for option in ranked:
        if groups and rng.random() < equal:
            groups[-1].append(option)
        else:
            groups.append([option])
    return groups


def rankings(rng, most=6):
    """(options, ballots, kind): kind says whether rankings are complete, partial, and whether ranks may be equal."""
    kind = rng.choice(["complete", "partial", "equal", "partial equal"])
    options = [chr(65 + i) for i in range(rng.randint(2, most))]
    centre = rng.sample(options, len(options))
    top = rng.choice([1, 2, 5, 40])  # equal counts make ties
    ballots = []
    for _ in range(rng.randint(1, 14)):
        ranked = order(rng, options, centre)
        if "partial" in kind:
            ranked = ranked[:rng.randint(1, len(ranked))]
        groups = group(rng, ranked, rng.choice([0.2, 0.6]) if "equal" in kind else 0)
        ballots.append({"count": rng.randint(1, top), "weight": rng.choice([1, 1, 1, 3]), "ranking": groups})
    ranked = {option for b in ballots for g in b["ranking"] for option in g}
    return [o for o in options if o in ranked], ballots, kind


def ratings(rng):
    options = [chr(65 + i) for i in range(rng.randint(2, 6))]
    top = rng.choice([1, 2, 30])
    few = rng.choice([[0, 5], [0, 1, 2, 3, 4, 5]])  # two ratings only make ties
    ballots = [{"count": rng.randint(1, top), "scores": {o: rng.choice(few) for o in options}} for _ in range(rng.randint(1, 12))]
    return options, ballots
