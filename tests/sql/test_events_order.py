# SPDX-License-Identifier: Apache-2.0
"""Whoever follows the events misses none, however transactions overlap, and also after a restore into another cluster; and those who
write them don't wait for each other."""

import os
import pathlib
import random
import re
import shutil
import subprocess
import threading
import uuid

import psycopg
import pytest

ROOT = pathlib.Path(__file__).parents[2]
STATEMENT = (ROOT / "sql" / "queries" / "trail" / "event_list.sql").read_text()
SOURCES = re.findall(r"^-- \$\d+ (.+)$", STATEMENT, re.M)


def some_id():
    """Random, not in time's order: the order must not rest on ids that clocks make."""
    return str(uuid.UUID(int=uuid.uuid4().int & ~(0xF << 76) | 7 << 76))


class Organisation:
    """One owner, written directly into the tables."""

    def __init__(self, owner_url, service_url):
        self.service_url = service_url
        self.id, self.person = some_id(), some_id()
        with psycopg.connect(owner_url) as connection:
            execute = connection.execute
            execute("insert into people (id, issuer, subject) values (%s, 'test', %s)", (self.person, self.person))
            execute("insert into organisations (organisation_id, handle, name) values (%s, %s, 'O')", (self.id, self.id))
            execute("insert into organisation_names (name, organisation_id) values (%s, %s)", (self.id, self.id))
            execute("insert into roles (organisation_id, kind, key, id, name, permissions) "
                    "values (%s, 'organisation', 'owner', %s, 'Owner', '{event.read}')", (self.id, some_id()))
            execute("insert into members (organisation_id, id, person_id, status, role) values (%s, %s, %s, 'active', 'owner')",
                    (self.id, some_id(), self.person))

    def connect(self, **options):
        """As the service's role, which sets the epoch when it connects."""
        connection = psycopg.connect(self.service_url, **options)
        connection.execute("select set_config('cohelm.epoch', (select max(epoch) from event_epochs)::text, false)")
        connection.commit()
        return connection

    def write(self, connection, *types):
        for type in types:
            connection.execute("insert into events (organisation_id, id, type) values (%s, %s, %s)", (self.id, some_id(), type))


class Follower:
    """Asks again and again with the position of the last event it has got."""

    def __init__(self, organisation, limit=3):
        self.organisation, self.limit = organisation, limit
        self.connection = organisation.connect(autocommit=True)
        self.cursor = psycopg.RawCursor(self.connection, row_factory=psycopg.rows.dict_row)
        self.position, self.seen = None, []

    def ask(self):
        """The types of the next page."""
        given = {"principal": f"({self.organisation.person},,)", "path organisation": self.organisation.id,
                 "limit": self.limit, "query after": self.position}
        rows = [row for row in self.cursor.execute(STATEMENT, [given.get(source) for source in SOURCES]) if row["id"]]
        if rows:
            self.position = rows[-1]["position"]
        self.seen += rows
        return [row["type"] for row in rows]

    def read_on(self):
        found = []
        while page := self.ask():
            found += page
        return found


@pytest.fixture
def organisation(database):
    return Organisation(database.owner_url, database.service_url)


def test_events__one_that_commits_late_is_not_missed(organisation):
    follower = Follower(organisation)
    with organisation.connect() as slow, organisation.connect() as quick:
        organisation.write(slow, "slow.one")
        organisation.write(quick, "quick.one")
        quick.commit()
        assert follower.read_on() == [], "what began before is not over"
        organisation.write(slow, "slow.two")
        slow.commit()
        found = follower.read_on()
        assert sorted(found[:2]) == ["slow.one", "slow.two"] and found[2:] == ["quick.one"]


def test_events__of_a_transaction_rolled_back_hold_nobody_up(organisation):
    follower = Follower(organisation)
    with organisation.connect() as slow, organisation.connect() as quick:
        organisation.write(slow, "slow.one")
        organisation.write(quick, "quick.one")
        quick.commit()
        assert follower.read_on() == []
        slow.rollback()
        assert follower.read_on() == ["quick.one"]


def test_events__readers_hold_nobody_up(organisation):
    follower = Follower(organisation)
    with organisation.connect() as reader, organisation.connect() as writer:
        reader.execute("select count(*) from events")
        organisation.write(writer, "one")
        writer.commit()
        assert follower.read_on() == ["one"]


def test_events__writers_of_one_organisation_do_not_wait_for_each_other(organisation):
    with organisation.connect() as first, organisation.connect() as second:
        organisation.write(first, "first")
        second.execute("set local lock_timeout = '50ms'")
        organisation.write(second, "second")
        second.commit()
        first.commit()


def test_events__many_overlapping_transactions(organisation):
    follower, dice = Follower(organisation), random.Random(5)
    committed, lock = set(), threading.Lock()

    def writer(seed):
        own = random.Random(seed)
        with organisation.connect() as connection:
            for turn in range(25):
                types = [f"w{seed}.{turn}.{part}" for part in range(own.randint(1, 3))]
                organisation.write(connection, *types)
                connection.execute("select pg_sleep(%s)", (own.choice([0, 0, 0.002, 0.01]),))
                if own.random() < 0.2:
                    connection.rollback()
                else:
                    connection.commit()
                    with lock:
                        committed.update(types)

    writers = [threading.Thread(target=writer, args=(dice.random(),)) for _ in range(8)]
    for thread in writers:
        thread.start()
    while any(thread.is_alive() for thread in writers):
        follower.ask()
    follower.read_on()
    seen = [event["type"] for event in follower.seen]
    assert len(seen) == len(set(seen)) and set(seen) == committed


def test_events__only_those_of_the_organisation(organisation, database):
    other = Organisation(database.owner_url, database.service_url)
    with organisation.connect() as connection:
        organisation.write(connection, "ours")
        other.write(connection, "theirs")
    assert Follower(organisation).read_on() == ["ours"]
    assert Follower(other).read_on() == ["theirs"]


# ---- another cluster ----

@pytest.fixture
def second_cluster(tmp_path):
    """cluster(command, …) on a second cluster with transaction ids of its own."""
    def cluster(command, *arguments, **options):
        return subprocess.run([ROOT / "tests" / "cluster", command, directory, *arguments], check=True,
                              stdout=subprocess.PIPE, text=True, **options).stdout.strip()

    directory = tmp_path / "second"
    cluster("start", "fsync=off")
    yield cluster
    cluster("destroy")


def pg(name):
    """A program of PostgreSQL, of the version that tests/cluster chooses."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return os.path.join(os.environ["PG_BIN"], name) if "PG_BIN" in os.environ else str(found[-1]) if found else shutil.which(name)


def test_events__positions_hold_after_dump_and_restore_into_another_cluster(organisation, database, second_cluster, tmp_path):
    binary = ROOT / os.environ.get("COHELM", "build/cohelm")
    with organisation.connect() as connection:
        organisation.write(connection, "one")
        connection.commit()
        organisation.write(connection, "two")
    follower = Follower(organisation, limit=1)
    assert follower.ask() == ["one"]

    # The new cluster must be younger, else its transaction ids would be in order by luck.
    with psycopg.connect(database.owner_url, autocommit=True) as old:
        old.execute("do $$ begin for i in 1..2000 loop perform pg_current_xact_id(); commit; end loop; end $$")
    with organisation.connect() as connection:
        organisation.write(connection, "three")
    dump = tmp_path / "dump"
    subprocess.run([pg("pg_dump"), "--format=custom", f"--file={dump}", database.owner_url], check=True)
    target = second_cluster("url", "owner")
    subprocess.run([pg("pg_restore"), "--exit-on-error", "--no-owner", f"--dbname={target}", dump], check=True)
    subprocess.run([binary, "migrate"], check=True, env={**os.environ, "DATABASE_URL": target}, stdout=subprocess.DEVNULL)

    organisation.service_url = second_cluster("url", "service")
    with organisation.connect() as connection:
        organisation.write(connection, "four")
    moved = Follower(organisation)
    moved.position = follower.position
    assert moved.read_on() == ["two", "three", "four"]
    xids = [int(event["position"].split(".")[1]) for event in moved.seen]
    assert xids[2] < xids[1], "the test proves nothing: transaction ids happen to be in order"

    with organisation.connect() as slow, organisation.connect() as quick:
        organisation.write(slow, "five")
        organisation.write(quick, "six")
        quick.commit()
        assert moved.read_on() == []
        slow.commit()
        assert moved.read_on() == ["five", "six"]


def test_events__migrating_the_same_cluster_again_begins_no_epoch(new_database):
    database = new_database()
    binary = ROOT / os.environ.get("COHELM", "build/cohelm")
    with psycopg.connect(database.owner_url) as connection:
        before = connection.execute("select count(*), max(epoch) from event_epochs").fetchone()
    subprocess.run([binary, "migrate"], check=True, env={**os.environ, "DATABASE_URL": database.owner_url}, stdout=subprocess.DEVNULL)
    with psycopg.connect(database.owner_url) as connection:
        assert connection.execute("select count(*), max(epoch) from event_epochs").fetchone() == before == (1, 1)
