#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random profiles and what has to come out, as JSON lines for test_tally_oracle.c.

The counting here is written for being obviously right, not for speed, and apart from the service's: simple paths are
enumerated, subsets tried, orders permuted, numbers are exact fractions. Three kinds of line:
  {"request", "expect"}  the response holds these members
  {"request", "as"}      both requests give the same result, up to the order in which options are listed
  {"request", "still"}   that option is among the winners
"""
import argparse
import itertools
import json
import random
from fractions import Fraction

# ---- what a profile says: ballots are (weight, ranks by option) with None for unranked ----


def groups_of(ballot):
    return ballot.get("ranking", [])


def weight_of(ballot):
    return ballot.get("count", 1) * ballot.get("weight", 1)


def prefers(ballot, x, y, unranked):
    rank = {option: i for i, group in enumerate(groups_of(ballot)) for option in group}
    if x not in rank:
        return False
    if y not in rank:
        return unranked == "last"
    return rank[x] < rank[y]


def pairwise(options, ballots, unranked="last"):
    return {x: {y: sum(weight_of(b) for b in ballots if prefers(b, x, y, unranked)) for y in options if y != x}
            for x in options}


def strength(wins, x, y, rule):
    if wins[x][y] <= wins[y][x]:
        return 0
    return wins[x][y] - wins[y][x] if rule == "margins" else wins[x][y]


def layers(options, above):
    """Groups of those nobody left is above of."""
    left, ranking = list(options), []
    while left:
        top = [x for x in left if not any(above(y, x) for y in left if y != x)]
        ranking.append(top)
        left = [x for x in left if x not in top]
    return ranking


def by_value(options, value):
    return [[o for o in options if value[o] == v] for v in sorted({value[o] for o in options}, reverse=True)]


def smith_set(options, wins):
    for size in range(1, len(options) + 1):
        for subset in itertools.combinations(options, size):
            if all(wins[x][y] > wins[y][x] for x in subset for y in options if y not in subset):
                return list(subset)


def condorcet_winner(options, wins):
    for x in options:
        if all(wins[x][y] > wins[y][x] for y in options if y != x):
            return x
    return None


def seat(ranking, seats, eligible=None):
    """Outcome, winners and ties without a tie-break."""
    winners, ties, outcome, left = [], [], None, seats
    for i, group in enumerate(ranking):
        take = min(left, len(group)) if eligible is None or i < eligible else 0
        if len(group) > 1:
            ties.append({"options": group, "seats": take, "broken_by": None})
        if take:
            winners += group
            outcome = "tied" if take < len(group) else outcome or "adopted"
        left -= take
    return outcome or "rejected", winners, ties


def in_order(options, some):
    return [o for o in options if o in some]


# ---- methods: each returns the members that the response must have ----


def result(options, ranking, seats, report, eligible=None):
    ranking = [in_order(options, group) for group in ranking]
    outcome, winners, ties = seat(ranking, seats, eligible)
    return {"outcome": outcome, "winners": in_order(options, winners), "ranking": ranking, "ties": ties,
            "report": report}


def condorcet_report(options, wins):
    return {"pairwise": wins, "smith_set": smith_set(options, wins), "condorcet_winner": condorcet_winner(options, wins)}


def schulze(r):
    options, config = r["options"], r["config"]
    wins = pairwise(options, r["ballots"], config.get("unranked", "last"))
    rule = config.get("strength", "winning_votes")

    def path(x, y):
        best = 0
        others = [o for o in options if o not in (x, y)]
        for k in range(len(others) + 1):
            for middle in itertools.permutations(others, k):
                steps = [x, *middle, y]
                best = max(best, min(strength(wins, a, b, rule) for a, b in zip(steps, steps[1:])))
        return best

    p = {x: {y: path(x, y) for y in options if y != x} for x in options}
    ranking = layers(options, lambda x, y: p[x][y] > p[y][x])
    return result(options, ranking, r["seats"], {**condorcet_report(options, wins), "paths": p})


def ranked_pairs(r):
    options, config = r["options"], r["config"]
    wins = pairwise(options, r["ballots"], config.get("unranked", "last"))
    rule = config.get("strength", "winning_votes")
    pairs = [(x, y) for x in options for y in options if x != y and strength(wins, x, y, rule)]

    def key(pair):
        return -strength(wins, *pair, rule), wins[pair[1]][pair[0]]

    def reaches(edges, x, y):
        seen, todo = set(), [x]
        while todo:
            z = todo.pop()
            for a, b in edges:
                if a == z and b not in seen:
                    seen.add(b)
                    todo.append(b)
        return y in seen

    ties = [list(group) for _, group in itertools.groupby(sorted(pairs, key=key), key)]
    orders = 1
    for group in ties:
        for i in range(2, len(group) + 1):
            orders *= i
    if orders > 800:
        return None  # too many to try them all
    closures = set()
    for order in itertools.product(*(itertools.permutations(group) for group in ties)):
        locked = []
        for x, y in itertools.chain(*order):
            if not reaches(locked, y, x):
                locked.append((x, y))
        closures.add(frozenset((x, y) for x in options for y in options if x != y and reaches(locked, x, y)))
    first = [x for x in options if any(all((y, x) not in c for y in options) for c in closures)]
    sure = frozenset.intersection(*closures)
    rest = [o for o in options if o not in first]
    ranking = [first] + layers(rest, lambda x, y: (x, y) in sure)
    return result(options, ranking, r["seats"], condorcet_report(options, wins))


def minimax(r):
    options, config = r["options"], r["config"]
    wins = pairwise(options, r["ballots"], config.get("unranked", "last"))
    rule = config.get("strength", "winning_votes")

    def defeat(x, y):
        if rule == "opposition":
            return wins[y][x]
        if rule == "margins":
            return wins[y][x] - wins[x][y]
        return strength(wins, y, x, rule)

    worst = {x: max(defeat(x, y) for y in options if y != x) for x in options}
    ranking = by_value(options, {x: -worst[x] for x in options})
    return result(options, ranking, r["seats"], {**condorcet_report(options, wins), "scores": worst})


def copeland(r):
    options = r["options"]
    wins = pairwise(options, r["ballots"], r["config"].get("unranked", "last"))
    points = {x: sum(2 if wins[x][y] > wins[y][x] else 1 if wins[x][y] == wins[y][x] else 0
                     for y in options if y != x) for x in options}
    return result(options, by_value(options, points), r["seats"],
                  {**condorcet_report(options, wins), "scores": points})


def borda(r):
    options = r["options"]
    points = {o: Fraction(0) for o in options}
    for ballot in r["ballots"]:
        ranked = [list(g) for g in groups_of(ballot)]
        if not ranked:
            continue
        rest = [o for o in options if not any(o in g for g in ranked)]
        left = list(range(len(options) - 1, -1, -1))
        for group in ranked + ([rest] if rest else []):
            places, left = left[:len(group)], left[len(group):]
            for option in group:
                points[option] += weight_of(ballot) * Fraction(sum(places), len(places))
    scores = {o: int(p) if p.denominator == 1 else float(p) for o, p in points.items()}
    return result(options, by_value(options, points), r["seats"], {"scores": scores})


def plurality(r):
    options = r["options"]
    votes = {o: sum(weight_of(b) for b in r["ballots"] if b["choice"] == o) for o in options}
    return result(options, by_value(options, votes), r["seats"], {"scores": votes})


def approval(r):
    options = r["options"]
    votes = {o: sum(weight_of(b) for b in r["ballots"] if o in b["approve"]) for o in options}
    ranking = by_value(options, votes)
    eligible = None
    if "floor" in r["config"]:
        n, d = r["config"]["floor"]
        base = sum(weight_of(b) for b in r["ballots"] if b["approve"])
        eligible = sum(votes[group[0]] * d >= n * base for group in ranking)
    return result(options, ranking, r["seats"], {"scores": votes}, eligible)


def points(r):
    options = r["options"]
    sums = {o: sum(weight_of(b) * b["points"].get(o, 0) for b in r["ballots"]) for o in options}
    return result(options, by_value(options, sums), r["seats"], {"scores": sums})


def score(r):
    options, config = r["options"], r["config"]
    sums = {o: sum(weight_of(b) * b["scores"].get(o, 0) for b in r["ballots"]) for o in options}
    count = {o: sum(weight_of(b) for b in r["ballots"] if o in b["scores"]) for o in options}
    enough = {o: count[o] >= config.get("min_ratings", 0) for o in options}
    if config.get("unrated") == "ignore":
        lowest = Fraction(-10**9)
        value = {o: (enough[o], Fraction(sums[o], count[o]) if count[o] else lowest) for o in options}
        report = {"scores": {o: [sums[o], count[o]] for o in options}}
    else:
        value = {o: (enough[o], Fraction(sums[o])) for o in options}
        report = {"scores": sums}
    ranking = by_value(options, value)
    return result(options, ranking, r["seats"], report, sum(enough[group[0]] for group in ranking))


def star(r):
    options, ballots = r["options"], r["ballots"]
    total = {o: sum(weight_of(b) * b["scores"].get(o, 0) for b in ballots) for o in options}
    fives = {o: sum(weight_of(b) for b in ballots if b["scores"].get(o, 0) == 5) for o in options}

    def above(x, y):
        return sum(weight_of(b) for b in ballots if b["scores"].get(x, 0) > b["scores"].get(y, 0))

    def narrow(inside, tied, value):
        """Lets in those surely among the best two; returns them and those still equal."""
        places = 2 - len(inside)
        better = {o: sum(value[p] > value[o] for p in tied) for o in tied}
        equal = {o: sum(value[p] == value[o] for p in tied) for o in tied}
        sure = [o for o in tied if better[o] + equal[o] <= places]
        maybe = [o for o in tied if better[o] < places < better[o] + equal[o]]
        return inside + sure, maybe

    inside, tied = narrow([], options, total)
    if tied:
        duels = {x: sum(above(x, y) > above(y, x) for y in tied if y != x) for x in tied}
        inside, tied = narrow(inside, tied, duels)
    if tied:
        inside, tied = narrow(inside, tied, fives)
    winners = set()
    for rest in itertools.combinations(tied, 2 - len(inside)):
        x, y = [*inside, *rest]
        mine, yours = (above(x, y), total[x], fives[x]), (above(y, x), total[y], fives[y])
        winners |= {x, y} if mine == yours else {x} if mine > yours else {y}
    winners = in_order(options, winners)
    return {"outcome": "tied" if len(winners) > 1 else "adopted", "winners": winners,
            "report": {"scores": total, "five_stars": fives}}


class Tied(Exception):
    def __init__(self, options):
        self.options = options


def papers_of(r):
    """(weight, options in order) of each ballot that is not blank."""
    papers = []
    for ballot in r["ballots"]:
        order = []
        for group in groups_of(ballot):
            if len(group) == 1:
                order.append(group[0])
            elif r["config"].get("equal_ranks") == "exhaust":
                break
        if groups_of(ballot):
            papers.append((weight_of(ballot), order))
    return papers


def latest_difference(tied, rounds, pick):
    for tallies in reversed(rounds):
        tied = [o for o in tied if tallies[o] == pick(tallies[p] for p in tied)]
    return tied


def lowest(rounds, continuing, left):
    """Those who drop."""
    now = rounds[-1]
    low = min(now[o] for o in continuing)
    equal = [o for o in continuing if now[o] == low]
    tied = latest_difference(equal, rounds, min)
    if len(tied) == 1:
        return tied
    higher = [now[o] for o in continuing if now[o] > low]
    if higher and low * len(equal) < min(higher) and len(continuing) - len(tied) >= left:
        return tied
    raise Tied(tied)


def irv(r):
    options, papers = r["options"], papers_of(r)
    total = sum(weight for weight, _ in papers)
    continuing, rounds, report, winner = list(options), [], [], None
    try:
        while winner is None:
            tally = {o: 0 for o in options}
            for weight, order in papers:
                order = [o for o in order if o in continuing]
                if order:
                    tally[order[0]] += weight
            rounds.append(tally)
            votes = sum(tally.values())
            step = {"tallies": {o: tally[o] for o in continuing}, "elected": [], "eliminated": [],
                    "exhausted": total - votes}
            report.append(step)
            winner = next((o for o in continuing if 2 * tally[o] > votes or len(continuing) == 1), None)
            if winner is not None:
                step["elected"] = [winner]
                break
            step["eliminated"] = in_order(options, lowest(rounds, continuing, 1))
            continuing = [o for o in continuing if o not in step["eliminated"]]
    except Tied as tie:
        winners = in_order(options, tie.options) if len(tie.options) == len(continuing) else []
        return {"outcome": "tied", "winners": winners, "report": {"rounds": report}}
    return {"outcome": "adopted", "winners": [winner], "report": {"rounds": report}}


def five_decimals(value):
    units = value * 100000
    assert units.denominator == 1
    return f"{int(units) // 100000}.{int(units) % 100000:05}"


def stv(r):
    options, seats = r["options"], r["seats"]
    papers = [[weight, order, Fraction(1)] for weight, order in papers_of(r)]
    total = sum(p[0] for p in papers)
    quota = sum(p[0] for p in papers if p[1]) // (seats + 1) + 1
    continuing, elected, waiting, rounds, report = list(options), [], [], [], []
    pile = {o: [p for p in papers if p[1][:1] == [o]] for o in options}
    value = {o: Fraction(sum(p[0] for p in pile[o])) for o in options}

    def give(paper, options_left):
        order = paper[1]
        while order and order[0] not in options_left:
            order = order[1:]
        paper[1] = order
        if order:
            pile[order[0]].append(paper)
            value[order[0]] += paper[0] * paper[2]

    for paper in papers:
        paper[1] = list(paper[1])
    try:
        while True:
            rounds.append(dict(value))
            inside = continuing + elected
            step = {"tallies": {o: five_decimals(value[o]) for o in in_order(options, inside)},
                    "elected": [o for o in continuing if value[o] >= quota], "eliminated": [],
                    "exhausted": five_decimals(total - sum(value[o] for o in inside))}
            report.append(step)
            elected += step["elected"]
            waiting += [o for o in step["elected"] if value[o] > quota]
            continuing = [o for o in continuing if o not in elected]
            left = seats - len(elected)
            if left and left == len(continuing):
                elected += continuing
                step["elected"] = in_order(options, step["elected"] + continuing)
                continuing, left = [], 0
            if not left:
                break
            if waiting:
                largest = [o for o in waiting if value[o] == max(value[p] for p in waiting)]
                largest = latest_difference(largest, rounds, max)
                if len(largest) > 1:
                    raise Tied(largest)
                option = largest[0]
                waiting.remove(option)
                moved, pile[option] = pile[option], []
                surplus, credited = value[option] - quota, value[option]
                value[option] = Fraction(quota)
                for paper in moved:
                    exact = surplus * paper[2] / credited
                    paper[2] = Fraction(exact.numerator * 100000 // exact.denominator, 100000)
                    give(paper, continuing)
            else:
                dropped = lowest(rounds, continuing, left)
                step["eliminated"] = in_order(options, dropped)
                continuing = [o for o in continuing if o not in dropped]
                for option in dropped:
                    moved, pile[option] = pile[option], []
                    value[option] = Fraction(0)
                    for paper in moved:
                        give(paper, continuing)
    except Tied as tie:
        rest = tie.options if len(tie.options) == len(continuing) else []
        return {"outcome": "tied", "winners": in_order(options, elected + rest),
                "report": {"quota": quota, "rounds": report}}
    return {"outcome": "adopted", "winners": in_order(options, elected),
            "report": {"quota": quota, "rounds": report}}


def majority(r):
    config = r["config"]
    y, n, a = (sum(weight_of(b) for b in r["ballots"] if b["choice"] == c) for c in ("yes", "no", "abstain"))
    cast, eligible = y + n + a, r["electorate"]
    expect = {"report": {"yes": y, "no": n, "abstain": a}}
    if "quorum" in config:
        base = y + n if config.get("quorum_base") == "yes_no" else cast
        if Fraction(base, eligible) < Fraction(*config["quorum"]):
            return {"outcome": "no_quorum", "winners": [], **expect}
    if cast < config.get("minimum", 0):
        return {"outcome": "no_quorum", "winners": [], **expect}
    if "threshold" in config:
        base = {"yes_no": y + n, "cast": cast, "eligible": eligible}[config.get("base", "yes_no")]
        share = Fraction(y, base) if base else Fraction(0)
        needed = Fraction(*config["threshold"])
        adopted = y > 0 and (share >= needed if config.get("inclusive") else share > needed)
    elif config.get("absolute"):
        adopted = 2 * y > eligible
    else:
        adopted = y > n
    return {"outcome": "adopted" if adopted else "rejected", "winners": ["yes"] if adopted else [], **expect}


METHODS = {"majority": majority, "approval": approval, "plurality": plurality, "borda": borda, "score": score,
           "star": star, "dot": points, "quadratic": points, "schulze": schulze, "ranked_pairs": ranked_pairs,
           "minimax": minimax, "copeland": copeland, "irv": irv, "stv": stv}
CONDORCET = {"schulze", "ranked_pairs", "minimax", "copeland"}
RANKING = CONDORCET | {"borda", "irv", "stv"}
MONOTONE = ["approval", "plurality", "borda", "score", "dot", "schulze", "ranked_pairs", "minimax", "copeland"]
ONE_SEAT = {"majority", "star", "irv"}

# ---- random profiles ----


def random_ranking(rng, options, equal):
    order = rng.sample(options, rng.randint(1, len(options)) if rng.random() < 0.5 else len(options))
    ranking = []
    for option in order:
        if ranking and equal and rng.random() < 0.25:
            ranking[-1].append(option)
        else:
            ranking.append([option])
    return ranking


def random_ballot(rng, method, options, config):
    if method == "majority":
        ballot = {"choice": rng.choice(["yes", "no", "abstain"])}
    elif method == "plurality":
        ballot = {"choice": rng.choice(options)}
    elif method == "approval":
        ballot = {"approve": rng.sample(options, rng.randint(0, len(options)))}
    elif method in RANKING:
        equal = method in CONDORCET | {"borda"} or config.get("equal_ranks")
        ballot = {"ranking": random_ranking(rng, options, equal)}
    elif method in ("score", "star"):
        low, high = (0, 5) if method == "star" else (config["min"], config["max"])
        rated = options if rng.random() < 0.6 else rng.sample(options, rng.randint(1, len(options)))
        ballot = {"scores": {o: rng.randint(low, high) for o in rated}}
    else:
        low = -3 if method == "quadratic" else 0
        ballot = {"points": {o: rng.randint(low, 4) for o in rng.sample(options, rng.randint(1, len(options)))}}
    if rng.random() < 0.5:
        ballot["count"] = rng.randint(1, 6)
    if rng.random() < 0.2:
        ballot["weight"] = rng.randint(1, 3)
    return ballot


def random_config(rng, method):
    config = {}
    if method in CONDORCET:
        rules = ["winning_votes", "margins"] + (["opposition"] if method == "minimax" else [])
        config = {"strength": rng.choice(rules), "unranked": rng.choice(["last", "ignored"])}
    elif method in ("irv", "stv") and rng.random() < 0.4:
        config = {"equal_ranks": rng.choice(["exhaust", "skip"])}
    elif method == "score":
        config = {"min": rng.choice([-2, 0, 1]), "max": rng.choice([3, 5, 9])}
        if rng.random() < 0.5:
            config["unrated"] = "ignore"
        if "unrated" in config or rng.random() < 0.3:
            config["min_ratings"] = rng.randint(1, 8)
    elif method == "approval" and rng.random() < 0.5:
        config = {"floor": [rng.randint(0, 4), 4]}
    elif method == "majority":
        if rng.random() < 0.6:
            d = rng.randint(1, 6)
            config = {"threshold": [rng.randint(0, d), d], "base": rng.choice(["yes_no", "cast", "eligible"]),
                      "inclusive": rng.random() < 0.5}
        elif rng.random() < 0.4:
            config = {"absolute": True}
        if rng.random() < 0.5:
            config["quorum"] = [rng.randint(0, 3), 4]
            config["quorum_base"] = rng.choice(["cast", "yes_no"])
        if rng.random() < 0.3:
            config["minimum"] = rng.randint(0, 12)
    return config


def random_request(rng, method):
    options = [f"option {c}" for c in "DBACEF"[:rng.randint(2, 5)]]
    if method in ("irv", "stv", "borda", "approval") and rng.random() < 0.3:
        options = [f"option {c}" for c in "HDBACEFG"]
    config = random_config(rng, method)
    ballots = [random_ballot(rng, method, options, config) for _ in range(rng.randint(1, 9))]
    seats = 1 if method in ONE_SEAT or rng.random() < 0.5 else rng.randint(1, len(options))
    if method == "stv":
        ballots += [random_ballot(rng, method, options, config) for _ in range(12)]
        seats = rng.randint(1, min(4, len(options)))
    request = {"method": method, "options": options, "seats": seats, "config": config, "ballots": ballots}
    if method == "majority":
        request["options"] = []
        request["electorate"] = sum(map(weight_of, ballots)) + rng.randint(0, 5)
    return request


def is_blank(ballot):
    kind = next(k for k in ballot if k not in ("count", "weight"))
    return ballot[kind] in ("abstain", [], {})


def shuffled(rng, request):
    """The same profile with options and ballots in another order, and some counts written out."""
    ballots = []
    for ballot in request["ballots"]:
        if ballot.get("count", 1) > 1 and rng.random() < 0.5:
            ballots += [{k: v for k, v in ballot.items() if k != "count"}] * ballot["count"]
        else:
            ballots.append(ballot)
    rng.shuffle(ballots)
    options = rng.sample(request["options"], len(request["options"]))
    return {**request, "options": options, "ballots": ballots}


def raised(rng, request, option):
    """The profile with the option put higher on one ballot, and nothing else changed."""
    ballots = [dict(b) for b in request["ballots"]]
    ballot = rng.choice(ballots)
    method = request["method"]
    if method in RANKING:
        # Only complete rankings: what is unranked may be ignored, and then adding is more than raising.
        if sum(map(len, ballot["ranking"])) < len(request["options"]):
            return None
        place = next(i for i, group in enumerate(ballot["ranking"]) if option in group)
        ranking = [[o for o in group if o != option] for group in ballot["ranking"]]
        ranking.insert(rng.randint(0, place), [option])
        ballot["ranking"] = [group for group in ranking if group]
    elif method == "plurality":
        ballot["choice"] = option
    elif method == "approval":
        if option not in ballot["approve"]:
            ballot["approve"] = ballot["approve"] + [option]
    elif method == "score":
        if option not in ballot["scores"]:
            return None
        ballot["scores"] = {**ballot["scores"], option: request["config"]["max"]}
    else:
        ballot["points"] = {**ballot["points"], option: ballot["points"].get(option, 0) + 2}
    return {**request, "ballots": ballots}


def emit(line):
    print(json.dumps(line, separators=(",", ":")))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profiles", type=int, default=200, help="of each method")
    parser.add_argument("--methods", nargs="*", default=list(METHODS))
    args = parser.parse_args()
    for method in args.methods:
        rng = random.Random(f"{args.seed} {method}")
        for _ in range(args.profiles):
            request = random_request(rng, method)
            if all(map(is_blank, request["ballots"])):
                continue
            expect = METHODS[method](request)
            if expect is None:
                continue
            emit({"request": request, "expect": expect})
            if method == "majority":
                continue
            rule = rng.choice([{}, {"tie_break": "lot", "seed": str(rng.random())}])
            lot = {**request, "config": {**request["config"], **rule}}
            emit({"request": lot, "as": shuffled(rng, lot)})
            if method in MONOTONE and request["seats"] == 1 and expect["outcome"] == "adopted":
                higher = raised(rng, request, expect["winners"][0])
                if higher:
                    emit({"request": higher, "still": expect["winners"][0]})


if __name__ == "__main__":
    main()
