# SPDX-License-Identifier: Apache-2.0
"""Measures reading one decision and a list of 50 among few and among many decisions, interleaved, and writes RESULTS_SCALE.md.

Every organisation has as many decisions in both databases; only how many organisations there are differs. The rows are what the
service would have stored. Ten million need 15 GB below VAR and take about five minutes to make."""

import argparse
import datetime
import os
import platform
import random
import subprocess
import time

import psycopg

import bench
from bench import HERE, ROOT, VAR, Figures, make_tokens, pg_bin, say, services, start_cohelm, wrk

EACH = 1000  # decisions of an organisation
ASKED = 2000  # different decisions that are read, so that as many rows are warm in both databases
MOST = 100  # organisations that they are of

FILL = """
set session_replication_role = replica; -- the rows refer to each other by the way they are made
set maintenance_work_mem = '1GB';
insert into frameworks (organisation_id, id, key, name, built_in, status, latest_version)
select o.organisation_id, derived_id(o.organisation_id, 'f'), 'majority', 'Majority', true, 'published', 1 from organisations o;
insert into framework_versions (organisation_id, framework_id, number, definition)
select o.organisation_id, derived_id(o.organisation_id, 'f'), 1, (select definition from built_in_frameworks where key = 'majority')
from organisations o;
"""
DECISIONS = """
insert into decisions (organisation_id, id, title, proposer_id, framework_id, framework_version, status, opened_at, closed_at, outcome, created_at)
select o.organisation_id, derived_id(o.organisation_id, 'd' || n), 'Decision ' || n || ' of ' || o.handle, derived_id(o.organisation_id, 'm'),
    derived_id(o.organisation_id, 'f'), 1, case when n %% 10 = 0 then 'in_force' else 'draft' end,
    case when n %% 10 = 0 then now() end, case when n %% 10 = 0 then now() end, case when n %% 10 = 0 then 'adopted' end,
    now() - make_interval(hours => n)
from organisations o cross join generate_series(1, %(each)s) n
where substr(o.handle, 6)::int between %(first)s and %(last)s
order by 1, 2
"""
REVISIONS = """
insert into decision_revisions (organisation_id, decision_id, number, title, text, author_id)
select d.organisation_id, d.id, 1, d.title, repeat('What is to be decided, and why it matters to us. ', 5), d.proposer_id
from decisions d join organisations o using (organisation_id)
where substr(o.handle, 6)::int between %(first)s and %(last)s
"""


class World(bench.World):
    def __init__(self, name, organisations):
        self.database = services.Database(name=name)
        with psycopg.connect(self.database.owner_url, autocommit=True) as connection:
            for setting in bench.service_settings():
                connection.execute(f'alter database "{self.database.name}" set {setting}')
            self.fill(connection, organisations, 1)
        self.organisations = organisations
        url = self.database.owner_url.replace("user=cohelm_owner", "user=postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(FILL)
            for first in range(1, organisations + 1, 250):
                span = {"first": first, "last": min(first + 249, organisations), "each": EACH}
                connection.execute(DECISIONS, span)
                connection.execute(REVISIONS, span)
                if first % 1000 == 1:
                    say(f"{name}: {span['last'] * EACH:,} decisions")
            say(f"{name}: vacuum")
            connection.execute("vacuum analyze")
            self.size = connection.execute("select pg_size_pretty(pg_database_size(current_database()))").fetchone()[0]
            self.places = [(row[0], row[1]) for row in connection.execute(
                """select o.handle, array_agg(d.id::text) from (select * from organisations order by md5(handle) limit %(most)s) o
                   cross join lateral (
                       select id from decisions d where d.organisation_id = o.organisation_id order by md5(id::text) limit %(each)s) d
                   group by o.handle""", {"most": MOST, "each": ASKED // min(MOST, organisations)})]


def scripts(world):
    """Requests for one decision and one organisation's list again and again, as in bench.py, and for many in turn, each asked for by its owner."""
    paths = {"get any": [], "list any": []}
    for handle, ids in world.places:
        token = bench.token_of(handle.replace("bench", "maria"))
        base = f"/v1/organisations/{handle}/decisions"
        paths["get any"] += [(f"{base}/{one}", token) for one in ids]
        paths["list any"] += [(f"{base}?limit=50", token)]
    paths = {"get": paths["get any"][:1], "list": paths["list any"][:1], **paths}
    out = {}
    for kind, all_of in paths.items():
        random.Random(1).shuffle(all_of)
        script = VAR / f"{world.database.name}-{kind.replace(' ', '-')}.lua"
        rows = ",\n".join(f'{{"{path}", "Bearer {token}"}}' for path, token in all_of)
        script.write_text("local places = {\n" + rows + "\n}\nlocal n = 0\n"
                          "function request()\n  n = n % #places + 1\n"
                          "  return wrk.format('GET', places[n][1], {['Authorization'] = places[n][2]})\nend\n")
        out[kind] = str(script)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=10, help="organisations of the small database [10]")
    parser.add_argument("--many", type=int, default=10000, help="organisations of the large database [10000]")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement [3]")
    parser.add_argument("--write", action="store_true", help="write tests/bench/RESULTS_SCALE.md, as make bench-scale does")
    arguments = parser.parse_args()
    VAR.mkdir(parents=True, exist_ok=True)
    os.environ["CLUSTER"] = str(VAR)
    cluster = ROOT / "tests" / "cluster"
    subprocess.run([cluster, "destroy", VAR], check=False, stdout=subprocess.DEVNULL)
    subprocess.run([cluster, "start", VAR, "max_connections=200", "shared_buffers=2GB", "max_wal_size=8GB", "fsync=off"], check=True,
                   stdout=subprocess.DEVNULL)
    try:
        subprocess.run([services.BINARY, "migrate"], env={**os.environ, "DATABASE_URL": services.cluster("url", "owner")}, check=True)
        services.make_key(VAR / "key.pem")
        make_tokens()
        started = time.monotonic()
        worlds = {"few": World("few", arguments.few), "many": World("many", arguments.many)}
        made = time.monotonic() - started
        text = measure(worlds, arguments, made)
        print(text)
        if arguments.write:
            (HERE / "RESULTS_SCALE.md").write_text(text)
    finally:
        subprocess.run([cluster, "destroy", VAR], check=False, stdout=subprocess.DEVNULL)


def measure(worlds, arguments, made):
    figures = Figures()
    running = {name: start_cohelm(world, name) for name, world in worlds.items()}
    try:
        asked = {name: scripts(world) for name, world in worlds.items()}
        for number in range(arguments.rounds + 1):
            for kind in asked["few"]:
                for name in worlds:
                    rate, p99 = wrk(running[name].url, "none", 32, arguments.seconds, asked[name][kind])
                    if number:  # the first round warms
                        figures.add(f"{kind} {name}", rate)
                        figures.add(f"{kind} {name} p99", p99)
    finally:
        for service in running.values():
            service.close()
    return report(figures, worlds, arguments, made)


def report(figures, worlds, arguments, made):
    m = figures.median
    lines = ["# Few and many decisions (`make bench-scale`)", "",
             f"Conditions: {datetime.date.today()}, {os.cpu_count()} cores shared by service, PostgreSQL and load generator, {platform.platform()}, "
             + subprocess.run([pg_bin() / "postgres", "--version"], capture_output=True, text=True).stdout.strip() + ", shared_buffers 2 GB.",
             f"{arguments.rounds} interleaved rounds × {arguments.seconds} s, 32 connections, medians. One: always the same one. Any: {ASKED:,} random decisions, and the lists, of "
             f"at most {MOST} random organisations in turn, each asked for by its owner.",
             f"Both databases were made in {made / 60:.0f} minutes.", "",
             "| decisions | organisations | size | GET one/s | list of 50/s | GET any/s | any list of 50/s |", "|---|---|---|---|---|---|---|"]
    for name, world in worlds.items():
        lines.append(f"| {world.organisations * EACH:,} | {world.organisations:,} | {world.size} | {m(f'get {name}'):,.0f} | {m(f'list {name}'):,.0f} "
                     f"| {m(f'get any {name}'):,.0f} | {m(f'list any {name}'):,.0f} |")
    lines += ["", "| check | measured | reach | aim for | reached |", "|---|---|---|---|---|"]
    for kind, title in (("get", "GET one, many / few"), ("list", "list of 50, many / few")):
        value = m(f"{kind} many") / m(f"{kind} few")
        lines.append(f"| {title} | {value:.3f} | 0.9 | 0.95 | {'yes' if value >= 0.9 else '**no**'} |")
    for kind, title in (("get any", "GET any, many / few"), ("list any", "any list of 50, many / few")):
        lines.append(f"| {title} | {m(f'{kind} many') / m(f'{kind} few'):.3f} | | | |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
