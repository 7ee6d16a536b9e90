# SPDX-License-Identifier: Apache-2.0
"""Why a library may elect others: each rule of README.md is a function that is given our answer and theirs, checks that this
rule, and nothing else, explains the difference, and does so without asking our counting how it came about."""
import itertools
from fractions import Fraction


def strength(pairs, x, y, rule):
    pro, contra = pairs[x][y], pairs[y][x]
    if rule == "opposition":
        return pro
    return max(pro - contra, 0) if rule == "margins" else pro if pro > contra else 0


def reaches(locked, start, end):
    seen, todo = {start}, [start]
    while todo:
        at = todo.pop()
        for x, y in locked:
            if x == at and y not in seen:
                seen.add(y)
                todo.append(y)
    return end in seen


def ranked_pairs_orders(options, pairs, key, limit=5000):
    """Who is unbeaten in some order of the defeats that `key` leaves open; None when there are too many orders."""
    defeats = sorted(((x, y) for x in options for y in options if x != y and pairs[x][y] > pairs[y][x]), key=key)
    groups = [list(group) for _, group in itertools.groupby(defeats, key)]
    orders = 1
    for group in groups:
        for i in range(2, len(group) + 1):
            orders *= i
    if orders > limit:
        return None
    first = set()
    for order in itertools.product(*(itertools.permutations(group) for group in groups)):
        locked = []
        for x, y in itertools.chain(*order):
            if not reaches(locked, y, x):
                locked.append((x, y))
        beaten = {y for _, y in locked}
        first |= set(options) - beaten
    return first


def best(options, score):
    scores = {o: score(o) for o in options}
    return {o for o in options if scores[o] == max(scores.values())}


def beats(pairs, x, y):
    return pairs[x][y] > pairs[y][x]


# ---- rules: (request, our answer, our winners, their winners) → bool ----


def path_wins(request, answer, ours, theirs):
    paths, options = answer["report"]["paths"], request["options"]
    wins = {x: sum(paths[x][y] > paths[y][x] for y in options if y != x) for x in options}
    unbeaten = {x for x in options if all(paths[x][y] >= paths[y][x] for y in options if y != x)}
    known = [x for x in options if any(paths[x][y] != paths[y][x] for y in options if y != x)]
    return ours == unbeaten and theirs == best(known, wins.get)


def equal_strengths(request, answer, ours, theirs):
    pairs, options, rule = answer["report"]["pairwise"], request["options"], request["config"].get("strength", "winning_votes")
    by_strength = ranked_pairs_orders(options, pairs, lambda p: -strength(pairs, *p, rule))
    both = ranked_pairs_orders(options, pairs, lambda p: (-strength(pairs, *p, rule), pairs[p[1]][p[0]]))
    if by_strength is None or both is None:
        # Too many orders to try here. Whoever is elected in one of them is in the Smith set.
        smith = set(answer["report"]["smith_set"])
        return ours <= smith and theirs <= smith
    return ours == both and theirs <= by_strength


def unseen_pairs(request, answer, ours, theirs):
    """Two options that no ballot compares are equal; votelib does not compare them at all."""
    pairs, options = answer["report"]["pairwise"], request["options"]
    outside = [x for x in options if x not in theirs]
    unseen = [(x, y) for x in theirs for y in outside if not pairs[x][y] and not pairs[y][x]]
    seen = [(x, y) for x in theirs for y in outside if (x, y) not in unseen]
    return theirs < ours and bool(unseen) and all(beats(pairs, x, y) for x, y in seen)


def left_out_copeland(request, answer, ours, theirs):
    pairs, options = answer["report"]["pairwise"], request["options"]
    known = [x for x in options if any(beats(pairs, x, y) or beats(pairs, y, x) for y in options if y != x)]
    score = {x: sum(beats(pairs, x, y) - beats(pairs, y, x) for y in options if y != x) for x in options}
    return ours == best(options, score.get) and theirs == best(known, score.get)


def left_out_minimax(request, answer, ours, theirs):
    """votelib compares only what some ballot prefers that way round."""
    pairs, options, rule = answer["report"]["pairwise"], request["options"], request["config"].get("strength", "winning_votes")

    def worst(x, others):
        return max(pairs[y][x] - pairs[x][y] if rule == "margins" else strength(pairs, y, x, rule) for y in others)

    seen = {x: [y for y in options if y != x and pairs[y][x]] for x in options}
    by_all = {x: -worst(x, [y for y in options if y != x]) for x in options}
    by_seen = {x: -worst(x, others) for x, others in seen.items() if others}
    return ours == best(options, by_all.get) and theirs == best(list(by_seen), by_seen.get)


def irv_outcomes(ballots, left):
    """Who can win when any of the options with the lowest number may drop."""
    if len(left) == 1:
        return set(left)
    count = {o: 0 for o in left}
    for weight, ranking in ballots:
        for option in ranking:
            if option in count:
                count[option] += weight
                break
    low = min(count.values())
    found = set()
    for option in left:
        if count[option] == low:
            found |= irv_outcomes(ballots, [o for o in left if o != option])
    return found


def irv_ties(request, answer, ours, theirs):
    ballots = [(b["count"] * b.get("weight", 1), [g[0] for g in b["ranking"]]) for b in request["ballots"]]
    possible = irv_outcomes(ballots, request["options"])
    tied = bool(answer["ties"])
    if answer["outcome"] == "tied":
        return tied and theirs <= possible
    return tied and ours <= possible and theirs <= possible


def lot(request, answer, ours, theirs):
    """Lots differ; those elected before the first tie are elected by both."""
    tied = [set(tie["options"]) for tie in answer["ties"]]
    rounds = answer["report"]["rounds"]
    if not tied:
        return False
    first = min(i for i, held in enumerate(rounds) if any(group <= set(held["tallies"]) for group in tied))
    sure = {o for held in rounds[:first] for o in held["elected"]}
    return len(theirs) == request["seats"] and sure <= theirs


def cut(value):
    return Fraction(value.numerator * 100000 // value.denominator, 100000)


def gregory(request, scottish, pile=False):
    """Weighted inclusive Gregory. `scottish`: one surplus at a time, the largest first, values cut at five decimals; else all
    surpluses of a round at once, in exact fractions. `pile`: where votes are exhausted, two of options and the pile of
    exhausted votes drop at a time, as votelib has it. None where a tie would have to be broken."""
    papers = [[b["count"] * b.get("weight", 1), Fraction(1), b["ranking"][0][0], [g[0] for g in b["ranking"]]] for b in request["ballots"]]
    seats, quota = request["seats"], sum(paper[0] for paper in papers) // (request["seats"] + 1) + 1
    left, elected, waiting = list(request["options"]), [], []
    while True:
        held = {o: sum(p[0] * p[1] for p in papers if p[2] == o) for o in [*request["options"], None]}
        new = [o for o in left if held[o] >= quota]
        left, elected = [o for o in left if o not in new], elected + new
        waiting += [o for o in new if held[o] > quota]
        if len(elected) >= seats or len(elected) + len(left) <= seats:
            return set(elected) | set(left if len(elected) < seats else [])
        if waiting:
            going = [o for o in waiting if held[o] == max(held[w] for w in waiting)] if scottish else list(waiting)
            if scottish and len(going) > 1:
                return None
            waiting = [o for o in waiting if o not in going]
        else:
            pool = sorted([*left, None] if pile and held[None] else left, key=held.get)
            drops = 2 if None in pool else 1
            if drops < len(pool) and held[pool[drops - 1]] == held[pool[drops]]:
                return None
            going = [o for o in pool[:drops] if o]
            left = [o for o in left if o not in going]
        for paper in papers:
            if paper[2] not in going:
                continue
            if paper[2] in elected:
                paper[1] = (cut if scottish else Fraction)(paper[1] * (held[paper[2]] - quota) / held[paper[2]])
            paper[2] = next((o for o in paper[3] if o in left), None)


def one_surplus(request, answer, ours, theirs):
    """votelib transfers all surpluses of a round at once, and does not cut fractions."""
    return theirs == gregory(request, False) and ours == gregory(request, True)


def exhausted_pile(request, answer, ours, theirs):
    """votelib keeps the exhausted votes among the options, so that two drop at a time."""
    return theirs == gregory(request, False, pile=True) and (request["method"] == "irv" or ours == gregory(request, True))


def star_ties(request, answer, ours, theirs):
    """Whoever wins a runoff of two that the totals may send there; the method's tie-breaks choose among these."""
    scores, pairs = answer["report"]["scores"], answer["report"]["pairwise"]
    options = request["options"]
    ranked = sorted(scores.values(), reverse=True)
    second = ranked[1]
    finals = [{x, y} for x, y in itertools.combinations(options, 2)
              if min(scores[x], scores[y]) == second and max(scores[x], scores[y]) == ranked[0]]
    possible = {x for final in finals for x in final for y in final if x != y and not beats(pairs, y, x)}
    return bool(answer["ties"]) and ours <= possible and theirs <= possible


RULES = {
    ("schulze", "votelib"): [("path_wins", path_wins)],
    ("ranked_pairs", "votelib"): [("equal_strengths", equal_strengths)],
    ("ranked_pairs", "pref_voting"): [("equal_strengths", equal_strengths)],
    ("copeland", "votelib"): [("left_out", left_out_copeland)],
    ("minimax", "votelib"): [("left_out", left_out_minimax)],
    ("irv", "votelib"): [("irv_ties", irv_ties), ("exhausted_pile", exhausted_pile)],
    ("irv", "pref_voting"): [("irv_ties", irv_ties)],
    ("stv", "pref_voting"): [("lot", lot)],
    ("stv", "votelib"): [("lot", lot), ("one_surplus", one_surplus), ("exhausted_pile", exhausted_pile)],
    ("smith_set", "votelib"): [("unseen_pairs", unseen_pairs)],
    ("star", "votelib"): [("star_ties", star_ties)],
    ("star", "pref_voting"): [("star_ties", star_ties)],
}


def explain(what, library, request, answer, ours, theirs):
    """The name of the rule, or None. `what`: a method, or smith_set."""
    for name, rule in RULES.get((what, library), []):
        if rule(request, answer, ours, theirs):
            return name
    return None
