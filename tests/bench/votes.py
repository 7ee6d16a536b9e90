#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What decisions of large electorates cost: opening, a ballot, reading, closing at the deadline, recount, record, `cohelm verify`. Writes
tests/bench/RESULTS_VOTES.md with the conditions. Run by `make bench-votes`; about five minutes. The electorate and most ballots are filled
in by SQL, as the service would have stored them, but for their audit rows."""

import argparse
import json
import os
import pathlib
import platform
import random
import statistics
import subprocess
import sys
import time
import uuid
from datetime import datetime, timezone

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = pathlib.Path(os.environ.get("VAR", "var")).resolve() / "bench-votes"
sys.path.insert(0, str(ROOT / "tests" / "api"))
os.environ["CLUSTER"] = str(WORK)

import psycopg  # noqa: E402
import service as services  # noqa: E402
from deciding import elapse  # noqa: E402
from world import World  # noqa: E402

SIZES = (2000, 20000, 100000)
OPTIONS = list("abcdefgh")
CHOICE = "jsonb_build_object('choice', case when hashtext(x::text) %% 3 = 0 then 'no' else 'yes' end)"
RANKING = ("jsonb_build_object('ranking', (select jsonb_agg(jsonb_build_array(k) order by hashtext(k || x::text)) "
           f"from unnest('{{{','.join(OPTIONS)}}}'::text[]) k))")
COLUMNS = ("open", "ballot", "actions", "status", "deadline", "recount", "record", "record, MB", "verify")
# method, secret, proxies, early_close
KINDS = (("majority", False, False, False), ("majority", False, False, True), ("majority", True, False, False), ("majority", False, True, False),
         ("majority", True, True, False), ("schulze", False, False, False), ("schulze", True, False, False), ("schulze", False, True, False))


def send(person, method, path, body=None):
    """As a client without the checks of the tests, which take longer than the service."""
    headers = {"Authorization": f"Bearer {person.token}", **({"Content-Type": "application/json"} if body is not None else {})}
    return person.service.http.request(method, path, headers=headers, content=json.dumps(body) if body is not None else None)


def timed(action):
    """(Milliseconds, the answer)."""
    begun = time.perf_counter()
    answer = action()
    return 1000 * (time.perf_counter() - begun), answer


def cell(person, took, answer):
    """What an answer took; of a job what that took, from its start to its end; the code of what failed."""
    if answer.status_code == 202:
        deadline = time.monotonic() + 120
        while not (job := send(person, "GET", answer.headers["location"]).json())["finished_at"]:
            if time.monotonic() > deadline:
                raise SystemExit(f"the job does not end: {job}")
            time.sleep(0.05)
        begun, ended = (datetime.fromisoformat(job[name]) for name in ("started_at", "finished_at"))
        return f"job {1000 * (ended - begun).total_seconds():.0f}" if job["status"] == "done" else job["problem"]["errors"][0]["code"]
    return f"{took:.0f}" if answer.is_success else answer.json()["code"]


class Vote:
    """A decision with that many voters, six of them with tokens."""

    def __init__(self, world, sql, size, method, secret, proxies, early):
        self.sql, self.method, self.secret, self.proxies = sql, method, secret, proxies
        self.acme = world.organisation()
        self.people = [self.acme.member() for _ in range(6)]
        rule = {**({"proxy": {"allowed": True}} if proxies else {}), **({"early_close": True} if early else {})}
        self.decision = self.acme.decision(framework=method, by=self.people[0], stakeholders={"voters": self.people}, secret=secret,
                                           options={key: key for key in OPTIONS} if method != "majority" else None, configuration={"rule": rule})
        # version 7, as the service makes them, but spread, so that their order says nothing of who has voted
        self.crowd = [str(uuid.UUID(int=uuid.uuid4().int & ~(0xF << 76) | 7 << 76)) for _ in range(size - len(self.people))]
        with sql.transaction():
            sql.execute("insert into people (id, issuer, subject) select x, 'crowd', x::text from unnest(%s::uuid[]) x", [self.crowd])
            sql.execute("insert into members (organisation_id, id, person_id, status, role) select %s, x, x, 'active', 'member' "
                        "from unnest(%s::uuid[]) x", [self.acme.id, self.crowd])
            sql.execute("insert into stakeholders (organisation_id, decision_id, member_id, roles, id) "
                        "select %s, %s, x, '{voters}', x from unnest(%s::uuid[]) x", [*self.place, self.crowd])
        sql.execute("analyze")

    @property
    def place(self):
        return [self.acme.id, self.decision.id]

    def cast(self, early):
        """Nine of ten take part; with proxies each second of them through another one. Before an early end, four of ten."""
        voters = random.Random(1).sample(self.crowd, len(self.crowd) * (4 if early else 9) // 10)
        trusters = [voters.pop() for _ in range(len(voters) // 2)] if self.proxies else []
        pairs = [*self.place, trusters, voters[:len(trusters)]]
        ballot = CHOICE if self.method == "majority" else RANKING
        with self.sql.transaction():
            if trusters:
                self.sql.execute("insert into proxies (organisation_id, truster_id, decision_id, trustee_id, id) "
                                 "select %s, t, %s, v, t from unnest(%s::uuid[], %s::uuid[]) x (t, v)", [self.acme.id, self.decision.id, *pairs[2:]])
            if not self.secret:
                self.sql.execute("insert into ballots (organisation_id, decision_id, member_id, revision, id, ballot) "
                                 f"select %s, %s, x, 1, x, {ballot} from unnest(%s::uuid[]) x", [*self.place, voters])
            else:
                self.sql.execute("insert into secret_voters (organisation_id, decision_id, member_id, revision) "
                                 "select %s, %s, x, 1 from unnest(%s::uuid[]) x", [*self.place, voters])
                self.sql.execute("insert into secret_ballots (organisation_id, decision_id, revision, weight, hash, ballot, count) "
                                 f"select %s, %s, 1, 1, sha256(convert_to(b::text, 'UTF8')), b, {2 if trusters else 1} * count(*) "
                                 f"from (select {ballot} as b from unnest(%s::uuid[]) x) y group by b", [*self.place, voters])
                if trusters:
                    self.sql.execute("insert into decision_proxies (organisation_id, decision_id, truster_id, trustee_id, voter_id, hops, ending, "
                                     "given_at) select %s, %s, t, v, v, 1, 'carried', now() from unnest(%s::uuid[], %s::uuid[]) x (t, v)", pairs)
        self.sql.execute("analyze")

    def own_ballot(self):
        return {"ballot": {"choice": "yes"} if self.method == "majority" else {"ranking": [["c"], ["a", "b"], ["h"], ["d"]]}}


def measure(vote, early):
    """Cells by column."""
    a, b, path, found = vote.people[0], vote.people[1], vote.decision.path, {}
    found["open"] = cell(a, *timed(lambda: send(a, "POST", f"{path}/open")))
    if send(a, "GET", path).json()["status"] != "open":
        return found
    vote.cast(early)
    times = [timed(lambda p=p: send(p, "PUT", f"{path}/ballots/me", vote.own_ballot())) for p in vote.people[:5]]
    refused = [answer.json()["code"] for _, answer in times if not answer.is_success]
    found["ballot"] = refused[0] if refused else f"{statistics.median(took for took, _ in times):.0f}"
    for name in ("actions", "status"):
        found[name] = cell(b, *timed(lambda: send(b, "GET", f"{path}/{name}")))
    elapse(vote.sql, vote.decision, "30 days")
    is_open = "select status from decisions where id = %s"
    begun = time.perf_counter()
    while vote.sql.execute(is_open, [vote.decision.id]).fetchone()[0] == "open":
        if time.perf_counter() - begun > 120:
            return found | {"deadline": "never"}
        time.sleep(0.02)
    found["deadline"] = f"{1000 * (time.perf_counter() - begun):.0f}"
    found["recount"] = cell(b, *timed(lambda: send(b, "POST", f"{path}/recount")))
    took, answer = timed(lambda: send(b, "GET", f"{path}/record"))
    found["record"] = cell(b, took, answer)
    if answer.is_success:
        file = WORK / "record.json"
        file.write_bytes(answer.content)
        found["record, MB"] = f"{len(answer.content) / 1e6:.1f}"
        took, done = timed(lambda: subprocess.run([services.BINARY, "verify", file], capture_output=True, text=True, check=False))
        found["verify"] = f"{took:.0f}" if done.returncode == 0 else "differs"
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--only", default="", help="kinds of vote that contain this text")
    parser.add_argument("--write", action="store_true", help="keep the table")
    options = parser.parse_args()
    lines = ["# Decisions of large electorates", "", "Written by `make bench-votes` (`tests/bench/votes.py`).", "",
             "Milliseconds at a client, one request at a time. *job*: in the background, from its start to its end. *ballot*: the median of five.",
             "*deadline*: from the moment the time is over until the decision is stored as closed; the background looks each second. Rankings are of",
             "eight options. Nine of ten have voted (before an early end four); with proxies each second of them by another one.", "",
             f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores shared by service, database and client, load average "
             f"{os.getloadavg()[0]:.1f} at the start, Linux {platform.release()}, fsync off.", "",
             "| vote | voters | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 2) + "|"]
    WORK.mkdir(parents=True, exist_ok=True)
    cluster = [ROOT / "tests" / "cluster"]
    subprocess.run([*cluster, "destroy", WORK], check=False)
    subprocess.run([*cluster, "start", WORK, "fsync=off", "full_page_writes=off"], check=True, stdout=subprocess.DEVNULL)
    try:
        owner = services.cluster("url", "owner")
        subprocess.run([services.BINARY, "migrate"], env={**os.environ, "DATABASE_URL": owner}, check=True, stdout=subprocess.DEVNULL)
        service = services.Service(WORK / "service", services.cluster("url", "service"), COHELM_RATE_LIMIT="1000000", COHELM_SETTLE_SECONDS="1")
        service.start()
        try:
            with psycopg.connect(owner, autocommit=True) as sql:
                for method, secret, proxies, early in KINDS:
                    name = ", ".join([method, "secret" if secret else "open", *(["proxies"] if proxies else []), *(["early end"] if early else [])])
                    for size in map(int, options.sizes.split(",")) if options.only in name else ():
                        found = measure(Vote(World(service), sql, size, method, secret, proxies, early), early)
                        lines.append(f"| {name} | {size:,} | " + " | ".join(found.get(column, "–") for column in COLUMNS) + " |")
                        print(lines[-1], flush=True)
        finally:
            service.close()
    finally:
        subprocess.run([*cluster, "destroy", WORK], check=False)
    if options.write:
        (pathlib.Path(__file__).parent / "RESULTS_VOTES.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
