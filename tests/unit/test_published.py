#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the published elections of data/published.yaml with `cohelm tally` and compares with what was published."""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
COHELM = os.environ.get("COHELM") or str(HERE.parent.parent / os.environ.get("BUILD", "build") / "cohelm")
KINDS = ("rankings", "choices", "approvals", "scores", "points")


# ---- ballots ----


def groups(text, letters):
    """[["A"], ["B", "C"]] of "A>B=C", or of "AB=C" where each letter is an option."""
    if letters:
        text = ">".join(re.findall(r"\w(?:=\w)*", text))
    return [group.split("=") for group in text.split(">")]


def values(text):
    return {name: int(number) for name, number in re.findall(r"([A-Za-z]+)(-?\d+)", text)}


def ballot(kind, text, letters):
    count, rest = text.strip().split(" ", 1)
    parsed = {"rankings": lambda: {"ranking": groups(rest, letters)}, "approvals": lambda: {"approve": rest.split("+")},
              "scores": lambda: {"scores": values(rest)}, "points": lambda: {"points": values(rest)}}[kind]()
    return {"count": int(count), **parsed}


def ballots_of(case):
    kind = next(kind for kind in KINDS if kind in case)
    if kind == "choices":
        return [{"count": count, "choice": option} for option, count in case["choices"].items()]
    return [ballot(kind, item, case.get("letters")) for item in case[kind].split(",")]


def named(item):
    for value in item.values():
        if isinstance(value, int):
            continue
        for name in [value] if isinstance(value, str) else value:
            yield from name if isinstance(name, list) else [name]


def request(case, count):
    ballots = ballots_of(case)
    options = list(dict.fromkeys(name for item in ballots for name in named(item)))
    if count["method"] == "plurality" and "rankings" in case:
        ballots = [{"count": b["count"], "choice": b["ranking"][0][0]} for b in ballots]
    body = {"method": count["method"], "ballots": ballots, "config": count.get("config", {}), "seats": count.get("seats", 1)}
    if "electorate" in count:
        body["electorate"] = count["electorate"]
    return body if count["method"] == "majority" else {**body, "options": options}


def run(case, count):
    if "file" in case:
        command = ["--method", count["method"], "--config", json.dumps(count.get("config", {})), HERE / "data" / case["file"]]
        return subprocess.run([COHELM, "tally", *command], capture_output=True, text=True, timeout=60)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(request(case, count), file)
        file.flush()
        return subprocess.run([COHELM, "tally", file.name], capture_output=True, text=True, timeout=60)


# ---- what is wrong ----


def differ(path, actual, expected, within):
    """Every member of `expected` that `actual` has otherwise."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return [f"{path} is {actual}"]
        return [found for key, value in expected.items() for found in differ(f"{path}/{key}", actual.get(key), value, within)]
    if isinstance(expected, str) and re.fullmatch(r"\d+\.\d{5}", expected):
        return [] if actual == expected else [f"{path} is {actual}, published {expected}"]
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        same = actual is not None and abs(float(actual) - expected) <= within + 1e-9
        return [] if same else [f"{path} is {actual}, published {expected}"]
    if isinstance(expected, list):
        actual, expected = sorted(actual or []), sorted(expected)
    return [] if actual == expected else [f"{path} is {actual}, published {expected}"]


def check(case, count):
    answer = run(case, count)
    if "refused" in count:
        return [f"not refused: {fault}" for fault in count["refused"] if fault not in answer.stderr]
    if answer.returncode:
        return [answer.stderr.strip()]
    result = json.loads(answer.stdout)
    within = count.get("within", case.get("within", 0))
    wrong = differ("outcome", result["outcome"], count.get("outcome", "adopted"), 0)
    if "winners" in count:
        wrong += differ("winners", result["winners"], count["winners"], 0)
    if "ranking" in count:
        wrong += differ("ranking", list(map(str, map(sorted, result["ranking"]))), list(map(str, map(sorted, count["ranking"]))), 0)
        if [sorted(group) for group in result["ranking"]] != [sorted(group) for group in count["ranking"]]:
            wrong.append(f"ranking is {result['ranking']}, published {count['ranking']}")
    for number, expected in count.get("rounds", {}).items():
        rounds = result["report"]["rounds"]
        index = number - 1 if number > 0 else number
        wrong += differ(f"round {number}", rounds[index] if -len(rounds) <= index < len(rounds) else None, expected, within)
    for part in ("report", "quorum"):
        wrong += differ(part, result[part], count.get(part, {}), within)
    return wrong


def main():
    cases = yaml.safe_load((HERE / "data" / "published.yaml").read_text())
    passed = failed = 0
    methods = set()
    for case in cases:
        assert case["name"] and case["source"] and case["counts"], case
        for count in case["counts"]:
            methods.add(count["method"])
            wrong = check(case, count)
            passed, failed = passed + (not wrong), failed + bool(wrong)
            if wrong:
                print(f"not ok {case['name']}, {count['method']}")
                for line in wrong:
                    print(f"# {line}")
    print(f"# {len(cases)} published cases, {passed + failed} counts, {len(methods)} methods")
    if len(methods) != 14 or len(cases) < 40:
        print("not ok every method has a published case")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
