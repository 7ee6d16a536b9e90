# SPDX-License-Identifier: Apache-2.0
"""The same counts by votelib and pref_voting: each function takes a request and gives the set of winners, or None
where that library has no such count."""
import random
import warnings
from collections import Counter

import pref_voting.c1_methods as c1
import pref_voting.grade_methods as grade
import pref_voting.iterative_methods as iterative
import pref_voting.margin_based_methods as margin
import pref_voting.proportional_methods as proportional
import pref_voting.scoring_methods as scoring
import votelib.component.rankscore
import votelib.convert
import votelib.evaluate.cardinal
import votelib.evaluate.condorcet as condorcet
import votelib.evaluate.core
import votelib.evaluate.sequential
from pref_voting.grade_profiles import GradeProfile
from pref_voting.profiles_with_ties import ProfileWithTies

warnings.filterwarnings("ignore")
SMITH = condorcet.SmithSet()
STRENGTH = {"winning_votes": "winvotes", "margins": "margins", "opposition": "pwo"}


def votes(ballot):
    return ballot["count"] * ballot.get("weight", 1)


def strength_of(request):
    return request["config"].get("strength", "winning_votes")


# ---- votelib ----


def votelib_votes(request):
    counted = Counter()
    for ballot in request["ballots"]:
        counted[tuple(g[0] if len(g) == 1 else frozenset(g) for g in ballot["ranking"])] += votes(ballot)
    return dict(counted)


def votelib_pairs(request):
    last = request["config"].get("unranked", "last") == "last"
    return votelib.convert.RankedToCondorcetVotes(unranked_at_bottom=last).convert(votelib_votes(request))


def winners(elected):
    first = elected[0]
    return set(first) if isinstance(first, votelib.evaluate.core.Tie) else {first}


def by_pairs(name):
    def count(request):
        pairs = votelib_pairs(request)
        key = name if name in ("schulze", "copeland_raw") else f"{name}_{STRENGTH[strength_of(request)]}"
        return winners(condorcet.EVALUATORS[key].evaluate(pairs, 1)) if pairs else None
    return count


def votelib_schulze(request):
    return by_pairs("schulze")(request) if strength_of(request) == "winning_votes" else None


def votelib_borda(request):
    if any(len(b["ranking"]) < len(request["options"]) for b in request["ballots"]):
        return None  # it counts unranked options as nothing
    convert = votelib.convert.RankedToPositionalVotes(votelib.component.rankscore.Borda(base=0))
    scores = convert.convert(votelib_votes(request))
    return {o for o in request["options"] if scores[o] == max(scores.values())}


def votelib_irv(request):
    counted = votelib_votes(request)
    return winners(votelib.evaluate.sequential.TransferableVoteSelector(quota_function="droop").evaluate(counted, 1))


def votelib_stv(request):
    count = votelib.evaluate.sequential.TransferableVoteSelector(quota_function="droop", transferer="Gregory")
    return set(count.evaluate(votelib_votes(request), request["seats"]))


def votelib_ratings(request):
    counted = Counter()
    for ballot in request["ballots"]:
        counted[frozenset(ballot["scores"].items())] += votes(ballot)
    return dict(counted)


def votelib_score(request):
    return winners(votelib.evaluate.cardinal.ScoreVoting("sum").evaluate(votelib_ratings(request), 1))


def votelib_star(request):
    return winners(votelib.evaluate.cardinal.STAR().evaluate(votelib_ratings(request), 1))


VOTELIB = {
    "schulze": votelib_schulze, "ranked_pairs": by_pairs("rankedpairs"), "minimax": by_pairs("minimax"),
    "copeland": by_pairs("copeland_raw"), "borda": votelib_borda, "irv": votelib_irv, "stv": votelib_stv,
    "score": votelib_score, "star": votelib_star,
}

# ---- pref_voting: options are numbers ----


def profile(request):
    numbers = {option: i for i, option in enumerate(request["options"])}
    rankings = [{numbers[o]: rank for rank, g in enumerate(b["ranking"], 1) for o in g} for b in request["ballots"]]
    made = ProfileWithTies(rankings, [votes(b) for b in request["ballots"]], candidates=list(range(len(numbers))))
    if request["config"].get("unranked", "last") == "last":
        made.use_extended_strict_preference()
    else:
        made.use_strict_preference()
    return made


def numbered(request, found):
    return {request["options"][i] for i in found}


def strength(request, made):
    return made.margin if strength_of(request) == "margins" else made.support


def pref_schulze(request):
    made = profile(request)
    return numbered(request, margin.beat_path(made, strength_function=strength(request, made)))


def pref_ranked_pairs(request):
    """By margins only: by support it counts equal pairs as defeats. It follows every order, so only where there are few."""
    made = profile(request)
    options = range(len(request["options"]))
    margins = Counter(made.margin(x, y) for x in options for y in options if x != y and made.margin(x, y) >= 0)
    orders = 1
    for count in margins.values():
        for i in range(2, count + 1):
            orders *= i
    if strength_of(request) != "margins" or orders > 200:
        return None
    return numbered(request, margin.ranked_pairs(made))


def pref_minimax(request):
    made = profile(request)
    return None if strength_of(request) == "opposition" else numbered(request, margin.minimax(made, strength_function=strength(request, made)))


def pref_copeland(request):
    return numbered(request, c1.copeland(profile(request)))


def pref_borda(request):
    return numbered(request, scoring.borda_for_profile_with_ties(profile(request)))


def pref_irv(request):
    return numbered(request, iterative.instant_runoff_put(profile(request)))


def pref_stv(request):
    seats = request["seats"]
    return numbered(request, proportional.stv_scottish(profile(request), num_seats=seats, rng=random.Random(1)))


def grades(request):
    return GradeProfile([b["scores"] for b in request["ballots"]], list(range(6)), gcounts=[votes(b) for b in request["ballots"]],
                        candidates=request["options"])


PREF_VOTING = {
    "schulze": pref_schulze, "ranked_pairs": pref_ranked_pairs, "minimax": pref_minimax, "copeland": pref_copeland, "borda": pref_borda,
    "irv": pref_irv, "stv": pref_stv, "score": lambda r: set(grade.score_voting(grades(r))), "star": lambda r: set(grade.star(grades(r))),
}

LIBRARIES = {"votelib": VOTELIB, "pref_voting": PREF_VOTING}


def pairwise(request):
    """N[x][y] by both libraries, and the Smith set of pref_voting and votelib."""
    counted, made = votelib_pairs(request), profile(request)
    options = request["options"]
    tables = {
        "votelib": {x: {y: counted.get((x, y), 0) for y in options if y != x} for x in options},
        "pref_voting": {x: {y: made.support(i, j) for j, y in enumerate(options) if y != x} for i, x in enumerate(options)},
    }
    smith = {"votelib": set(SMITH.evaluate(counted)) if counted else None, "pref_voting": numbered(request, c1.top_cycle(made))}
    return tables, smith
