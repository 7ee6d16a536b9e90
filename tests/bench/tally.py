#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long counting takes and how much memory, from memory and from a file, and against votelib on the same file. Writes
tests/bench/RESULTS_TALLY.md with the conditions. Run by `make bench-tally`; about three minutes."""
import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ.get("BUILD", "build")).resolve()
WORK = Path(os.environ.get("VAR", "var")).resolve() / "bench-tally"
METHODS = ("majority", "approval", "plurality", "borda", "score", "star", "dot", "quadratic", "schulze", "ranked_pairs", "minimax",
           "copeland", "irv", "stv")
IN_VOTELIB = {"schulze": "schulze", "ranked_pairs": "rankedpairs_winvotes", "minimax": "minimax_winvotes", "copeland": "copeland_raw"}


# ---- what runs in a process of its own, so that its memory can be measured ----


def votelib_count(path, method):
    """As `cohelm tally --method METHOD PATH`, without the report."""
    import votelib.convert
    import votelib.evaluate.condorcet
    import votelib.evaluate.sequential
    import votelib.io.blt
    start = time.process_time()
    with open(path, encoding="utf-8") as file:
        votes, seats, _, _ = votelib.io.blt.load(file)
    if method in IN_VOTELIB:
        pairs = votelib.convert.RankedToCondorcetVotes().convert(votes)
        votelib.evaluate.condorcet.EVALUATORS[IN_VOTELIB[method]].evaluate(pairs, 1)
    else:
        count = votelib.evaluate.sequential.TransferableVoteSelector(quota_function="droop", transferer="Gregory")
        count.evaluate(votes, 1 if method == "irv" else seats)
    print(json.dumps({"ms": (time.process_time() - start) * 1e3, "peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


def measured(command, timeout):
    """Milliseconds and peak memory of a command; it fails when it takes longer than `timeout` seconds."""
    deadline = time.monotonic() + timeout
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                process.kill()
                raise SystemExit(f"{command} takes more than {timeout} s")
            time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(process.stderr.read().decode())
    return {"ms": (usage.ru_utime + usage.ru_stime) * 1e3, "peak_kb": usage.ru_maxrss}


def from_memory(method, options, ballots, seats=1, rounds=3):
    command = [BUILD / "tests/bench/tally_count", method, str(options), str(ballots), str(seats)]
    found = [json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout) for _ in range(rounds)]
    return {"ms": statistics.median(f["count"] for f in found), "peak_kb": max(f["peak_kb"] for f in found)}


def write_blt(path, options, seats, ballots):
    rng = random.Random(1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{options} {seats}\n")
        numbers = list(range(1, options + 1))
        for i in range(ballots):
            # A random start and then onwards, so that a million lines are written in seconds and still differ.
            start, step = rng.randrange(options), rng.choice((1, 3, 7, 9, 11, 13, 17, 19))
            order = [numbers[(start + step * k) % options] for k in range(options)]
            i, j = rng.randrange(options), rng.randrange(options)
            order[i], order[j] = order[j], order[i]
            length = options if rng.random() < 0.5 else rng.randint(1, options)
            file.write(f"{rng.randint(1, 9)} " + " ".join(map(str, order[:length])) + " 0\n")
        file.write("0\n" + "".join(f'"Candidate {i}"\n' for i in numbers) + '"Bench"\n')


# ---- tables ----


def mb(found):
    return f"{found['peak_kb'] / 1024:.0f}"


def memory_table(lines):
    lines += ["## From memory", "", "One million ballots over 20 options (half of the rankings partial), one seat; the median of three. Linear: ten times the ballots",
              "may take ten times the time. The peak includes the ballots: one byte for each rank, four for each rating.", "",
              "| method | 100,000 ballots, ms | 1,000,000 ballots, ms | ratio | peak, MB | under 1 s |", "|---|---|---|---|---|---|"]
    slow = 0
    for method in METHODS:
        small, large = from_memory(method, 20, 100000), from_memory(method, 20, 1000000)
        slow += large["ms"] >= 1000
        lines.append(f"| `{method}` | {small['ms']:.1f} | {large['ms']:.1f} | {large['ms'] / small['ms']:.1f} | {mb(large)} | "
                     f"{'yes' if large['ms'] < 1000 else 'no'} |")
        print(lines[-1], flush=True)
    return slow


def large_table(lines):
    once = from_memory("schulze", 100, 1)
    cases = [("`schulze`, 100 options, once counted (one ballot)", once), ("`schulze`, 200 options, once counted", from_memory("schulze", 200, 1)),
             ("`schulze`, 100 options, 100,000 ballots", from_memory("schulze", 100, 100000)),
             ("`ranked_pairs`, 100 options, 100,000 ballots", from_memory("ranked_pairs", 100, 100000)),
             ("`stv`, a ward of 60 candidates for 15 seats, 200,000 ballots", from_memory("stv", 60, 200000, 15)),
             ("`stv`, 20 candidates for 5 seats, 1,000,000 ballots", from_memory("stv", 20, 1000000, 5))]
    lines += ["", "## Many options, many seats", "", "| count | ms | peak, MB |", "|---|---|---|"]
    lines += [f"| {name} | {found['ms']:.1f} | {mb(found)} |" for name, found in cases]
    return once["ms"] >= 50


def file_table(lines, ballots, timeout):
    path = WORK / "file.blt"
    write_blt(path, 20, 5, ballots)
    lines += ["", "## From a file, against votelib", "",
              f"The same BLT file, {ballots:,} ballots over 20 candidates for 5 seats, read and counted; `cohelm tally` is a whole process, of votelib",
              "only reading and counting is timed, not the start of Python and its imports.", "",
              "| method | Cohelm, ms | MB | votelib 0.4.0, ms | MB | votelib / Cohelm |", "|---|---|---|---|---|---|"]
    for method in (*IN_VOTELIB, "irv", "stv"):
        own = measured([BUILD / "cohelm", "tally", "--method", method, "--seats", "5" if method == "stv" else "1", path], timeout)
        try:
            command = [sys.executable, "-B", __file__, "--votelib", path, method]
            theirs = json.loads(subprocess.run(command, capture_output=True, check=True, text=True, timeout=timeout).stdout)
            cells = f"{theirs['ms']:.0f} | {mb(theirs)} | {theirs['ms'] / own['ms']:.0f}"
        except subprocess.TimeoutExpired:
            cells = f"more than {timeout * 1000} | – | more than {timeout * 1000 / own['ms']:.0f}"
        except subprocess.CalledProcessError as error:
            cells = f"{error.stderr.strip().splitlines()[-1].split(':')[0]} | – | –"
        lines.append(f"| `{method}` | {own['ms']:.0f} | {mb(own)} | {cells} |")
        print(lines[-1], flush=True)


def million_table(lines):
    path = WORK / "million.blt"
    write_blt(path, 20, 5, 1000000)
    size = path.stat().st_size / 1e6
    lines += ["", "## A million ballots from the command line", "", f"`cohelm tally` of a BLT file of 1,000,000 lines ({size:.0f} MB), 20 candidates, 5 seats.", "",
              "| method | s | peak, MB |", "|---|---|---|"]
    for method in ("stv", "schulze", "borda"):
        found = measured([BUILD / "cohelm", "tally", "--method", method, path], 60)
        lines.append(f"| `{method}` | {found['ms'] / 1e3:.2f} | {mb(found)} |")
    path.unlink()


def conditions():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")), platform.machine())
    load = os.getloadavg()[0]
    return ["Time is of the processor, so that what else the machine does counts little; memory is the peak of the resident set, which is",
            "never less than that of the Python that starts the process, 14 MB.", "",
            f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC, {cpu}, {os.cpu_count()} cores, load average {load:.1f} at the start, Linux {platform.release()}, "
            f"Python {platform.python_version()}; built with the flags of the Makefile (-O2)."]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--votelib", nargs=2, metavar=("FILE", "METHOD"), help=argparse.SUPPRESS)
    parser.add_argument("--file-ballots", type=int, default=20000, help="in the file that votelib counts too")
    parser.add_argument("--timeout", type=int, default=60, help="seconds that one count of votelib may take")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS_TALLY.md")
    args = parser.parse_args()
    if args.votelib:
        votelib_count(*args.votelib)
        return 0
    WORK.mkdir(parents=True, exist_ok=True)
    lines = ["# Counting: time and memory", "", "Written by `make bench-tally` (`tests/bench/tally.py`).", "", *conditions(), ""]
    missed = memory_table(lines)
    missed += large_table(lines)
    file_table(lines, args.file_ballots, args.timeout)
    million_table(lines)
    lines += ["", "Targets (any method under 1 s, Schulze of 100 options under 50 ms once counted): " + ("all reached." if not missed else f"{missed} missed.")]
    args.output.write_text("\n".join(lines) + "\n")
    print("\n".join(lines[-30:]))
    return missed > 0


if __name__ == "__main__":
    sys.exit(main())
