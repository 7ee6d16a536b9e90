# SPDX-License-Identifier: Apache-2.0
"""Measures Cohelm, its limit and its peers in one run, interleaved, and writes the table of RESULTS.md.

Only ratios within one run mean anything. Each figure is the median over all starts and rounds."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import secrets
import statistics
import subprocess
import sys
import time

import httpx
import jwt
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "api"))
import service as services  # noqa: E402  the harness that starts the binary in the tests too

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
QUERIES = ROOT / "sql" / "queries"
VAR = ROOT / os.environ.get("VAR", "var") / "bench"
ISSUER = "https://bench.example"
SECRET = secrets.token_hex(32).encode()


def say(text):
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


# ---- data ----

def service_settings():
    """The planner's settings of the service's connections, as `name=value`."""
    text = (ROOT / "service" / "db.c").read_text()
    return re.findall(r"-c ((?:enable_\w+|plan_cache_mode|random_page_cost|jit)=[\w.]+)", text)


class World:
    """One organisation with a member and `teams` teams among `organisations` others, made in SQL; then analysed."""

    def __init__(self, organisations, teams):
        self.database = services.Database(name="bench")
        with psycopg.connect(self.database.owner_url, autocommit=True) as connection:
            for setting in service_settings():  # limit and peers get the plans that the service's connections have
                connection.execute(f'alter database "{self.database.name}" set {setting}')
            self.fill(connection, organisations, teams)

    def fill(self, connection, organisations, teams):
        run = connection.execute
        run("""insert into people (id, issuer, subject, display_name)
               select derived_id('01900000-0000-7000-8000-000000000000', 'p' || n), %s, 'maria' || n, 'Maria' from generate_series(1, %s) n""",
            (ISSUER, organisations))
        run("""insert into organisations (organisation_id, handle, name)
               select derived_id('01900000-0000-7000-8000-000000000000', 'o' || n), 'bench' || n, 'Bench' from generate_series(1, %s) n""",
            (organisations,))
        run("insert into organisation_names select handle, organisation_id from organisations")
        run("insert into organisation_names select organisation_id::text, organisation_id from organisations")
        run("""insert into roles (organisation_id, kind, key, id, name, permissions, built_in)
               select o.organisation_id, b.kind, b.key, derived_id(o.organisation_id, b.kind || b.key), b.name, b.permissions, true
               from organisations o cross join built_in_roles b where b.kind <> 'decision'""")
        run("""insert into members (organisation_id, id, person_id, status, role, display_name)
               select o.organisation_id, derived_id(o.organisation_id, 'm'), p.id, 'active', 'owner', 'Maria'
               from organisations o join people p on p.subject = replace(o.handle, 'bench', 'maria')""")
        run("""insert into teams (organisation_id, id, path, name, kind)
               select o.organisation_id, t.id, array[t.id], 'Team ' || t.n, 'circle'
               from organisations o cross join lateral (
                   select derived_id(o.organisation_id, 't' || n) as id, n from generate_series(1, %s) n) t""", (teams,))
        run("vacuum analyze")
        self.organisation = "bench1"
        self.person, self.team = run(
            """select p.id::text, t.id::text from people p, organisations o join teams t on t.organisation_id = o.organisation_id
               where p.subject = 'maria1' and o.handle = 'bench1' order by t.id limit 1""").fetchone()
        self.other_person, = run("select id::text from people where subject = 'maria2'").fetchone()


# ---- the limit: pgbench with the same statement ----

RANDOM_ID = "a fresh id"


def pgbench_script(name, values, wrap="{}"):
    """The statement with its $n as pgbench's variables; `null` stands in the text, and RANDOM_ID is another id each time."""
    text = "\n".join(line for line in (QUERIES / name).read_text().splitlines() if not line.startswith("--"))
    text = text.strip().removesuffix(";")
    settings = ""
    for n in sorted(range(1, len(values) + 1), reverse=True):
        value = values[n - 1]
        if value == RANDOM_ID:
            settings += f"\\set r{n} random(1, 9000000000000000000)\n"
            text = text.replace(f"${n}", f"lpad(to_hex(:r{n}::bigint), 32, '0')::uuid")
        else:
            text = text.replace(f"${n}", "null" if value == "null" else f":p{n}")
    return settings + wrap.format(text) + ";\n"


def pgbench(world, label, name, values, clients, seconds, wrap="{}"):
    path = VAR / f"{label}.sql"
    path.write_text(pgbench_script(name, values, wrap))
    defines = [f"--define=p{n}={value}" for n, value in enumerate(values, 1) if value not in (RANDOM_ID, "null")]
    url = world.database.service_url
    out = subprocess.run([pg_bin() / "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds),
                          *defines, "-f", path, url], capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+) \(without", out.stdout)
    if not found:
        raise SystemExit(f"pgbench failed:\n{out.stdout}{out.stderr}")
    return float(found[1])


def pg_bin():
    return max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))


# ---- load ----

SETTLE = 0.3  # seconds in which what was measured before, perhaps a peer, comes to rest


def wrk(url, token, connections, seconds, script=None, threads=2):
    command = ["wrk", f"-t{min(threads, connections)}", f"-c{connections}", f"-d{seconds}", "--latency", "-H", f"Authorization: Bearer {token}"]
    time.sleep(SETTLE)
    out = subprocess.run([*command, *(["-s", script] if script else []), url], capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    if not rate or bad or not float(rate[1]):
        raise SystemExit(f"wrk {url}:\n{out}")
    return float(rate[1]), float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]]


def post_script(unique):
    path = VAR / "post.lua"
    path.write_text('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
                    f'wrk.body = \'{{"name":"Load {unique}","kind":"circle"}}\'\n')
    return str(path)


def options_script():
    path = VAR / "options.lua"
    path.write_text('wrk.method = "OPTIONS"\n')
    return str(path)


# ---- servers ----

class Peer:
    def __init__(self, name, command, directory, port, world, **environment):
        self.name, self.command, self.directory, self.port = name, command, directory, port
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {**os.environ, "PORT": str(port), "DATABASE_URL": world.database.service_url,
                            "SECRET_FILE": str(VAR / "secret"), "QUERIES": str(QUERIES), **environment}

    def start(self, token, path):
        self.process = subprocess.Popen(self.command, cwd=self.directory, env=self.environment, stdout=subprocess.DEVNULL,
                                        stderr=(VAR / f"{self.name}.log").open("ab"))
        for _ in range(200):
            try:
                if httpx.get(self.url + path, headers={"Authorization": f"Bearer {token}"}).status_code == 200:
                    return self
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise SystemExit(f"{self.name} does not answer; see {VAR / self.name}.log")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def make_peers(world, wanted):
    built = VAR / "peers"
    built.mkdir(exist_ok=True)
    peers = []
    if "go" in wanted:
        subprocess.run(["go", "build", "-o", built / "go", "."], cwd=HERE / "peers/go", check=True)
        peers.append(Peer("go", [built / "go"], built, 18201, world))
    if "fastify" in wanted:
        target = built / "fastify"
        target.mkdir(exist_ok=True)
        for name in ("package.json", "server.js"):
            (target / name).write_text((HERE / "peers/fastify" / name).read_text())
        subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit"], cwd=target, check=True)
        peers.append(Peer("fastify", ["node", "server.js"], target, 18202, world, NODE_ENV="production"))
    if "fastapi" in wanted:
        venv = built / "venv"
        if not (venv / "bin/uvicorn").exists():
            subprocess.run([os.environ.get("PYTHON", "/usr/bin/python3"), "-m", "venv", venv], check=True)
            subprocess.run([venv / "bin/pip", "install", "-q", "--disable-pip-version-check", "-r",
                            HERE / "peers/fastapi/requirements.txt"], check=True)
        peers.append(Peer("fastapi", [venv / "bin/uvicorn", "app:app", "--workers", "2", "--host", "127.0.0.1", "--port", "18203",
                                      "--no-access-log"], HERE / "peers/fastapi", 18203, world))
    return peers


def start_cohelm(world, number, **settings):
    """With log lines, limits, validation, permissions and metrics on; the limit is only too high to be reached."""
    service = services.Service(VAR / f"cohelm{number}", world.database.service_url, COHELM_KEY_FILE=VAR / "key.pem",
                               COHELM_ISSUERS_FILE=str(VAR / "issuers.json"), COHELM_RATE_LIMIT="1000000000", **settings)
    service.start()
    service.ready_ms = service.ready_seconds * 1000
    return service


def most_resident_mb(pid, work):
    """What `work` gives, and the most that was resident meanwhile. The kernel keeps count: to look again and again would disturb."""
    process = pathlib.Path(f"/proc/{pid}")
    (process / "clear_refs").write_text("5")  # from now on; proc(5)
    result = work()
    return result, int(re.search(r"VmHWM:\s+(\d+)", (process / "status").read_text())[1]) / 1024


# ---- slow requests among others ----

WAITING = 32  # connections; with 2 % slow requests of 250 ms among some of 1 ms, five of six connections wait at any time


def patch_script(paths):
    path = VAR / "patch.lua"
    path.write_text('wrk.method = "PATCH"\nwrk.body = \'{"purpose":"slow"}\'\nwrk.headers["Content-Type"] = "application/merge-patch+json"\n'
                    f'local paths, n = {{{", ".join(map(json.dumps, paths))}}}, 0\n'
                    "request = function() n = n % #paths + 1 return wrk.format(nil, paths[n]) end\n")
    return str(path)


def slow_share(service, world, token, seconds):
    """p99 of GET on 32 connections while as many others wait for rows that are locked, each for another (250 ms, then 503), against
    without them."""
    base = f"/v1/organisations/{world.organisation}/teams"
    _, alone = wrk(f"{service.url}{base}/{world.team}", token, 32, seconds)
    with psycopg.connect(world.database.owner_url) as blocker:
        locked = [str(row[0]) for row in blocker.execute(
            "select id from teams where organisation_id = (select organisation_id from teams where id = %s) and id <> %s limit %s for update",
            (world.team, world.team, WAITING))]
        script = patch_script([f"{base}/{team}" for team in locked])
        slow = subprocess.Popen(["wrk", "-t1", f"-c{WAITING}", f"-d{seconds + 1}", "-s", script, "-H", f"Authorization: Bearer {token}", service.url],
                                stdout=subprocess.PIPE, text=True)
        time.sleep(0.5)
        _, among = wrk(f"{service.url}{base}/{world.team}", token, 32, seconds)
        out = slow.communicate()[0]
        blocker.rollback()
    asked, failed = re.search(r"(\d+) requests in", out), re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    if not failed or failed[1] != asked[1]:
        raise SystemExit(f"what should have waited did not:\n{out}")
    return among / alone


# ---- a run ----

class Figures(dict):
    def add(self, name, value):
        self.setdefault(name, []).append(value)

    def median(self, name):
        return statistics.median(self[name])


def routes(contract):
    """First and last path of the document, with ids filled in: OPTIONS of them is routing and nothing else."""
    paths = [re.sub(r"\{\w+\}", "01900000-0000-7000-8000-000000000000", path) for path in contract.document["paths"] if path.startswith("/v1/")]
    return paths[0], paths[-1]


def one_start(world, tokens, peers, number, rounds, seconds, figures):
    service = start_cohelm(world, number)
    figures.add("ready_ms", service.ready_ms)
    base = f"/v1/organisations/{world.organisation}/teams"
    get, page, team = f"{base}/{world.team}", f"{base}?limit=50", tokens["hs256"]
    principal = f"({world.person},,)"
    rates = []
    for connections in (32, 128):  # what is measured is not the first of its kind
        wrk(service.url + get, team, connections, 1)
    for peer in peers:
        peer.start(team, get)
        wrk(peer.url + get, team, 32, 1)
    try:
        for _ in range(rounds):
            figures.add("limit get", pgbench(world, "get", "teams/team_get.sql", [principal, world.organisation, world.team], 8, seconds))
            rate, p99 = wrk(service.url + get, team, 32, seconds)
            rates.append(rate)
            figures.add("get", rate)
            figures.add("p99 at 32", p99)
            for peer in peers:
                figures.add(f"{peer.name} get", wrk(peer.url + get, team, 32, seconds)[0])
            (rate, p99), most = most_resident_mb(service.process.pid, lambda: wrk(service.url + get, team, 128, seconds))
            figures.add("get at 128", rate)
            figures.add("p99 at 128", p99)
            figures.add("resident MB", most)
            for algorithm in ("rs256", "es256"):
                figures.add(algorithm, wrk(service.url + get, tokens[algorithm], 32, seconds)[0])
            figures.add("limit list", pgbench(
                world, "list", "teams/team_list.sql", [principal, world.organisation, "51", *["null"] * 8], 8, seconds,
                "select json_agg(page) from (\n{}\n) page"))
            figures.add("list", wrk(service.url + page, team, 32, seconds)[0])
            for peer in peers:
                figures.add(f"{peer.name} list", wrk(peer.url + page, team, 32, seconds)[0])
            figures.add("limit post", pgbench(
                world, "post", "teams/team_create.sql",
                [f"({world.other_person},,)", "bench2", RANDOM_ID, "Load", "null", "circle", "null", "null", RANDOM_ID, "bench"], 16, seconds))
            other = base.replace("bench1", "bench2")
            script = post_script(number)
            figures.add("post", wrk(service.url + other, tokens["post"], 32, seconds, script)[0])
            for peer in peers:
                figures.add(f"{peer.name} post", wrk(peer.url + other, tokens["post"], 32, seconds, script)[0])
            first, last = routes(service.contract)
            figures.add("first route", wrk(service.url + first, team, 32, seconds, options_script())[0])
            figures.add("last route", wrk(service.url + last, team, 32, seconds, options_script())[0])
            figures.add("slow share", slow_share(service, world, team, seconds))
    finally:
        for peer in peers:
            peer.stop()
        service.close()
    figures.add("start", statistics.median(rates))


def settle(world):
    """Takes away what the POSTs made, so that the next start finds what this one found."""
    with psycopg.connect(world.database.owner_url, autocommit=True) as connection:
        for table in ("team_members", "events", "audit_log"):
            connection.execute(f"truncate {table} cascade")
        connection.execute("delete from teams where name like 'Load%'")
        connection.execute("vacuum analyze")


def token_of(subject):
    now = int(time.time())
    return jwt.encode({"iss": ISSUER, "sub": subject, "aud": "cohelm", "iat": now, "exp": now + 86400}, SECRET, "HS256")


def make_tokens():
    """Tokens of the same person by three issuers' keys of one configuration."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "maria1", "aud": "cohelm", "iat": now, "exp": now + 86400}
    (VAR / "secret").write_bytes(SECRET)
    rsa_key, ec_key = rsa.generate_private_key(public_exponent=65537, key_size=2048), ec.generate_private_key(ec.SECP256R1())
    jwks = {"keys": [
        json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key.public_key())) | {"kid": "r", "alg": "RS256", "use": "sig"},
        json.loads(jwt.algorithms.ECAlgorithm.to_jwk(ec_key.public_key())) | {"kid": "e", "alg": "ES256", "use": "sig"}]}
    for key in jwks["keys"]:
        key.pop("key_ops", None)
    (VAR / "jwks.json").write_text(json.dumps(jwks))
    (VAR / "issuers.json").write_text(json.dumps({"issuers": [
        {"issuer": ISSUER, "audiences": ["cohelm"], "algorithms": ["HS256"], "secret_file": "secret"},
        {"issuer": ISSUER + "/keys", "audiences": ["cohelm"], "algorithms": ["RS256", "ES256"], "jwks_file": "jwks.json"}]}))
    return {
        "hs256": token_of("maria1"),
        "post": token_of("maria2"),
        "rs256": jwt.encode(claims | {"iss": ISSUER + "/keys"}, rsa_key, "RS256", {"kid": "r"}),
        "es256": jwt.encode(claims | {"iss": ISSUER + "/keys"}, ec_key, "ES256", {"kid": "e"}),
    }


def same_person_for_keys(world):
    """maria1 of the issuer with keys is a person of her own: she gets a membership too."""
    with psycopg.connect(world.database.owner_url, autocommit=True) as connection:
        connection.execute("insert into people (id, issuer, subject) values (gen_random_uuid(), %s, 'maria1')", (ISSUER + "/keys",))
        connection.execute("""insert into members (organisation_id, id, person_id, status, role)
            select o.organisation_id, gen_random_uuid(), p.id, 'active', 'owner' from organisations o, people p
            where o.handle = 'bench1' and p.issuer = %s""", (ISSUER + "/keys",))


# ---- the table ----

def report(figures, peers, arguments):
    m = figures.median

    def ratio(name, a, b, reach, aim):
        value = m(a) / m(b)
        return name, f"{value:.2f}", reach, aim, "yes" if value >= float(reach) else "**no**"

    def at_most(name, value, unit, reach, aim):
        return name, f"{value:.1f}{unit}", reach, aim, "yes" if value <= float(reach) else "**no**"

    rows = [ratio("GET one / pgbench of the same statement, 8 clients", "get", "limit get", "0.40", "0.62")]
    for peer, reach, aim in (("go", "1.7", "2.8"), ("fastify", "2.0", "3.4"), ("fastapi", "5", "8")):
        if peer in peers:
            rows.append(ratio(f"GET one / {peer}", "get", f"{peer} get", reach, aim))
    rows += [
        ratio("RS256 / HS256, warm cache", "rs256", "get", "0.95", "0.98"),
        ratio("ES256 / HS256, warm cache", "es256", "get", "0.95", "0.98"),
        at_most("p99 at 32 connections, ms", m("p99 at 32"), "", "3", "1.6"),
        at_most("p99 at 128 connections, ms", m("p99 at 128"), "", "9", "5.5"),
        ("worst start / median start", f"{min(figures['start']) / m('start'):.2f}", "0.9", "0.95",
         "yes" if min(figures["start"]) / m("start") >= 0.9 else "**no**"),
        ratio("list of 50 / pgbench of json_agg", "list", "limit list", "1.35", "1.6"),
        ratio("POST / pgbench of the same statement, 16 clients", "post", "limit post", "0.55", "0.75"),
        ratio("last route / first route", "last route", "first route", "0.97", "1"),
        at_most("resident memory at 128 connections, MB", m("resident MB"), "", "20", "15"),
        at_most("2 % slow: p99 of the others / without them", m("slow share"), "", "2", "1.2"),
        at_most("ready after start, ms", m("ready_ms"), "", "100", "50"),
    ]
    lines = ["| check, 32 connections unless said otherwise | measured | reach | aim for | reached |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    lines += ["", "| median | requests/s |", "|---|---|"]
    lines += [f"| {name} | {m(name):,.0f} |" for name in sorted(figures)
              if name not in ("ready_ms", "slow share", "resident MB", "start") and not name.startswith("p99")]
    version = subprocess.run([pg_bin() / "postgres", "--version"], capture_output=True, text=True).stdout.strip()
    conditions = (f"{datetime.date.today()}, {os.cpu_count()} cores shared by service, PostgreSQL and load generator, {platform.platform()}, "
                  f"{version}, fsync on, load average {arguments.load:.1f} before the run, {arguments.starts} starts × {arguments.rounds} rounds × {arguments.seconds} s, "
                  f"{arguments.organisations} organisations × {arguments.teams} teams.")
    return "\n".join(["# Results of `make bench`", "", f"Conditions: {conditions}",
                      "Medians of interleaved rounds; only ratios within one run mean anything. Log lines, limits, validation, permissions and",
                      "metrics on. What the peers do and leave out: [peers/README.md](peers/README.md).", "", *lines, ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=5, help="server starts [5]")
    parser.add_argument("--rounds", type=int, default=3, help="rounds per start [3]")
    parser.add_argument("--seconds", type=int, default=1, help="of each measurement [1]")
    parser.add_argument("--organisations", type=int, default=100)
    parser.add_argument("--teams", type=int, default=100, help="per organisation")
    parser.add_argument("--peers", default="go,fastify,fastapi", help="which peers [go,fastify,fastapi]")
    parser.add_argument("--write", action="store_true", help="write tests/bench/RESULTS.md, as make bench does")
    arguments = parser.parse_args()
    peers = [p for p in arguments.peers.split(",") if p]
    arguments.load = os.getloadavg()[0]  # what else the machine was doing

    VAR.mkdir(parents=True, exist_ok=True)
    os.environ["CLUSTER"] = str(VAR)
    cluster = ROOT / "tests" / "cluster"
    subprocess.run([cluster, "destroy", VAR], check=False, stdout=subprocess.DEVNULL)
    subprocess.run([cluster, "start", VAR, "max_connections=200", "shared_buffers=512MB"], check=True, stdout=subprocess.DEVNULL)
    try:
        owner = services.cluster("url", "owner")
        subprocess.run([services.BINARY, "migrate"], env={**os.environ, "DATABASE_URL": owner}, check=True)
        services.make_key(VAR / "key.pem")
        tokens, world, figures = make_tokens(), World(arguments.organisations, arguments.teams), Figures()
        same_person_for_keys(world)
        running = make_peers(world, peers)
        for number in range(arguments.starts):
            say(f"start {number + 1} of {arguments.starts}")
            one_start(world, tokens, running, number, arguments.rounds, arguments.seconds, figures)
            settle(world)
        text = report(figures, peers, arguments)
        print(text)
        if arguments.write:
            (HERE / "RESULTS.md").write_text(text)
    finally:
        subprocess.run([cluster, "stop", VAR], check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
