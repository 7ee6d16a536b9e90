#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts random profiles with Cohelm and with independent implementations, and explains every difference by a rule of
tests/compare/README.md. Ends with `N passed, N failed`; an unexplained difference is printed as a request and fails."""
import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import profiles
import rules
import theirs

TALLY = Path(os.environ.get("BUILD", "build")) / "tests" / "compare" / "tally_lines"
CONDORCET = ("schulze", "ranked_pairs", "minimax", "copeland")
PROFILES_AT_ONCE = 250
# What votelib raises where it has no answer (README.md); any other error, and any of another library, is a difference.
GIVES_UP = {"votelib": ("NotImplementedError", "VotingSystemError", "IndexError")}


# ---- requests ----


def ranking_requests(rng):
    options, ballots, kind = profiles.rankings(rng)
    base = {"options": options, "ballots": ballots, "seats": 1}
    config = {"unranked": rng.choice(["last", "last", "ignored"])}
    for method in CONDORCET:
        strengths = {"schulze": ["winning_votes", "margins"], "ranked_pairs": ["winning_votes", "margins"],
                     "minimax": ["winning_votes", "margins", "opposition"], "copeland": ["winning_votes"]}[method]
        for strength in strengths:
            yield {**base, "method": method, "config": {**config, "strength": strength}}
    yield {**base, "method": "borda", "config": {}}
    if "equal" in kind:
        return
    yield {**base, "method": "irv", "config": {}}
    if len(options) > 2:
        seats = rng.randint(2, min(4, len(options) - 1))
        yield {**base, "method": "stv", "seats": seats, "config": {"tie_break": "lot", "seed": "compare"}}


def rating_requests(rng):
    options, ballots = profiles.ratings(rng)
    for method in ("score", "star"):
        config = {"max": 5} if method == "score" else {}
        yield {"method": method, "options": options, "ballots": ballots, "seats": 1, "config": config}


def requests_of(seed, number):
    rng = random.Random(f"{seed} {number}")
    return list(rating_requests(rng) if number % 5 == 4 else ranking_requests(rng))


def ours(requests):
    text = "".join(json.dumps(request, separators=(",", ":")) + "\n" for request in requests)
    done = subprocess.run([TALLY], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


# ---- comparing ----


def check(library, request, answer, counts, wrong):
    method = request["method"]
    try:
        found = theirs.LIBRARIES[library][method](request)
    except Exception as error:
        raised = type(error).__name__
        counts[f"  {library} {method} {raised}"] += 1
        if raised in GIVES_UP.get(library, ()):
            counts[f"{method} {library} gave_up"] += 1
        else:
            counts[f"{method} {library} unexplained"] += 1
            wrong.append({"library": library, "request": request, "ours": answer["winners"], "theirs": f"{raised}: {error}"})
        return
    if found is None:
        return
    won = set(answer["winners"])
    name = "equal" if found == won else rules.explain(method, library, request, answer, won, found)
    counts[f"{method} {library} {name or 'unexplained'}"] += 1
    if not name:
        wrong.append({"library": library, "request": request, "ours": sorted(won), "theirs": sorted(found)})


def check_pairs(request, answer, counts, wrong):
    tables, smith = theirs.pairwise(request)
    report = answer["report"]
    for library, table in tables.items():
        same = table == report["pairwise"]
        counts[f"pairwise {library} {'equal' if same else 'unexplained'}"] += 1
        if not same:
            wrong.append({"library": library, "request": request, "ours": report["pairwise"], "theirs": table})
    for library, found in smith.items():
        if found is None:
            continue
        smallest = set(report["smith_set"])
        name = "equal" if found == smallest else rules.explain("smith_set", library, request, answer, smallest, found)
        counts[f"smith_set {library} {name or 'unexplained'}"] += 1
        if not name:
            wrong.append({"library": library, "request": request, "ours": report["smith_set"], "theirs": sorted(found)})


def batch(task):
    seed, first, last = task
    counts, wrong = Counter(), []
    requests = [request for number in range(first, last) for request in requests_of(seed, number)]
    for request, answer in zip(requests, ours(requests)):
        if "faults" in answer:
            wrong.append({"library": "", "request": request, "ours": answer["faults"], "theirs": []})
            continue
        if request["method"] == "copeland":
            check_pairs(request, answer, counts, wrong)
        for library, methods in theirs.LIBRARIES.items():
            if request["method"] in methods:
                check(library, request, answer, counts, wrong)
    return last - first, counts, wrong[:3], len(wrong)


def table(counts):
    print(f"{'count':14}{'library':14}{'explanation':18}{'times':>10}")
    for key in sorted(key for key in counts if not key.startswith("  ")):
        print("{:14}{:14}{:18}{:10}".format(*key.split(" "), counts[key]))
    for key in sorted(key for key in counts if key.startswith("  ")):
        print(f"{key}: {counts[key]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=100000)
    parser.add_argument("--seconds", type=int, default=3600, help="stop after this time, with what was compared until then; a failure when that is less than asked for")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    args = parser.parse_args()
    start, said = time.monotonic(), 0
    tasks = [(args.seed, i, min(i + PROFILES_AT_ONCE, args.profiles)) for i in range(0, args.profiles, PROFILES_AT_ONCE)]
    counts, done, failed, shown = Counter(), 0, 0, 0
    with multiprocessing.Pool(args.processes) as pool:
        for profiles_done, found, wrong, bad in pool.imap_unordered(batch, tasks):
            done, failed = done + profiles_done, failed + bad
            counts += found
            for difference in wrong[:max(0, 10 - shown)]:
                shown += 1
                print("unexplained: " + json.dumps(difference), flush=True)
            elapsed = time.monotonic() - start
            if elapsed - said > 15:
                said = elapsed
                print(f"# {done} of {args.profiles} profiles, {elapsed:.0f} s, {failed} unexplained", flush=True)
            if elapsed > args.seconds:
                pool.terminate()
                break
    table(counts)
    compared = sum(count for key, count in counts.items() if not key.startswith("  ") and not key.endswith("gave_up"))
    print(f"# {done} profiles, {compared} comparisons, {time.monotonic() - start:.0f} s")
    short = done < args.profiles
    if short:
        print(f"# stopped after {args.seconds} s")
    print(f"{compared - failed} passed, {failed + short} failed")
    return failed + short > 0


if __name__ == "__main__":
    sys.exit(main())
