# SPDX-License-Identifier: Apache-2.0
"""Changes of structure at deadlines, in the background, and by many at once: each is made once, or left for later."""

import pathlib
import time

import psycopg
import pytest

from changing import change, draft, names, propose, read
from deciding import YES, at_once, closed, elapse, events, state, vote
from world import World

CLIENTS = 15


@pytest.fixture
def acme(world):
    return world.organisation()


def wait_for(condition):
    """Waits for what the background does."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_deadline_makes_the_changes(world, sql):
    acme = world.organisation()
    member = acme.member()
    decision = draft(acme, voters=[acme.owner, member])
    propose(acme.owner, decision, change("team_create", body={"name": "A", "kind": "circle"}))
    acme.owner.post(f"{decision.path}/open")
    vote(acme.owner, decision, YES)
    elapse(sql, decision, "8 days")
    assert read(member, decision)["status"] == "applied"
    assert names(acme) == {"A"}


def test_what_the_database_can_not_do_now_is_left_and_the_adoption_stands(start_service, sql):
    """Somebody else holds the team while the decision closes, longer than the service waits."""
    acme = World(start_service()).organisation()
    team, decision = acme.team(name="Crew"), draft(acme)
    propose(acme.owner, decision, change("team_create", body={"name": "New", "kind": "circle"}),
            change("team_update", {"team": team.id}, {"name": "Pilots"}))
    acme.owner.post(f"{decision.path}/open")
    with sql.transaction():
        sql.execute("select from teams where id = %s for update", [team.id])
        vote(acme.owner, decision, YES)
        closed(acme.owner, decision, "adopted")
        assert (read(acme.owner, decision)["status"], names(acme)) == ("proposed", {"Crew"})
        acme.owner.problem("POST", f"{decision.path}/changes/apply", status=503, code="busy")
    assert acme.owner.post(f"{decision.path}/changes/apply", expect=200).json()["status"] == "applied"
    assert names(acme) == {"New", "Pilots"}


def test_many_notice_the_deadline_and_the_changes_are_made_once(world, sql):
    acme = world.organisation()
    people = [acme.member() for _ in range(CLIENTS)]
    decision = draft(acme, voters=[acme.owner, *people])
    propose(acme.owner, decision, change("team_create", body={"name": "A", "kind": "circle"}))
    acme.owner.post(f"{decision.path}/open")
    vote(acme.owner, decision, YES)
    elapse(sql, decision, "8 days")
    # On a busy machine some wait too long for the lock and are told to come back.
    looks = [lambda p=p: p.request("GET", f"{decision.path}/changes", expect=(200, 503)) for p in people]
    looks += [lambda: acme.owner.request("POST", f"{decision.path}/changes/apply", expect=(200, 503))] * CLIENTS
    found = [answer.json() for answer in at_once(looks) if answer.status_code == 200]
    assert {answer["status"] for answer in found} == {"applied"}
    assert [team["name"] for team in acme.owner.pages(f"{acme.path}/teams")] == ["A"]
    assert [e["type"] for e in events(acme, decision)].count("change_set.applied") == 1


def test_decisions_that_contradict_each_other_close_at_once(acme):
    """Each is adopted; the structure follows one after the other, and never half."""
    a, b = acme.team(name="A"), acme.team(name="B")
    people = [acme.member() for _ in range(6)]
    decisions = [draft(acme, voters=[person]) for person in people]
    for number, decision in enumerate(decisions):
        below, above = (a, b) if number % 2 else (b, a)
        propose(acme.owner, decision, change("team_create", body={"name": f"Team {number}", "kind": "circle"}),
                change("team_update", {"team": below.id}, {"parent_id": above.id}))
        acme.owner.post(f"{decision.path}/open")
    for answer in at_once([lambda p=p, d=d: p.request("PUT", f"{d.path}/ballots/me", {"ballot": YES}, expect=(200, 503))
                           for p, d in zip(people, decisions)]):
        assert answer.status_code in (200, 503)
    for person, decision in zip(people, decisions):
        if state(person, decision)["status"] == "open":  # it waited too long for the others
            vote(person, decision, YES)
        closed(person, decision, "adopted")
        if read(person, decision)["status"] == "proposed":
            acme.owner.post(f"{decision.path}/changes/apply", expect=200)
    found = {number: read(acme.owner, decision)["status"] for number, decision in enumerate(decisions)}
    assert set(found.values()) == {"applied", "failed"}
    assert names(acme) == {"A", "B"} | {f"Team {number}" for number, status in found.items() if status == "applied"}
    assert len({number % 2 for number, status in found.items() if status == "applied"}) == 1, "A lies below B, or B below A"


def test_the_background_makes_the_changes_once(new_database, start_service):
    """Nobody looks, and several instances do."""
    database = new_database()
    services = [start_service(database.service_url, COHELM_SETTLE_SECONDS="1") for _ in range(2)]
    acme = World(services[0]).organisation()
    other = acme.member()
    decisions = [draft(acme, voters=[acme.owner, other], configuration={"phases": {"vote": {"duration": "PT3S"}}}) for _ in range(6)]
    for number, decision in enumerate(decisions):
        propose(acme.owner, decision, change("team_create", body={"name": f"Team {number}", "kind": "circle"}))
        acme.owner.post(f"{decision.path}/open")
        vote(acme.owner, decision, YES)
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        wait_for(lambda: connection.execute("select count(*) from decisions where status <> 'in_force'").fetchone() == (0,))
        rows = connection.execute("""
            select t.name, e.actor_id, e.decision_id = s.decision_id, s.status
            from events e
            join teams t on t.organisation_id = e.organisation_id and t.id = e.resource_id
            join change_sets s on s.organisation_id = e.organisation_id and s.resources ->> 0 = t.id::text
            where e.type = 'team.created'
            order by 1""").fetchall()
    assert rows == [(f"Team {number}", None, True, "applied") for number in range(len(decisions))]


# ---- what had to wait is tried again ----

class Waiting:
    """An adopted decision on a database of its own, with instances that look every second, whose changes could not be tried: somebody
    holds the team. `free` lets go of it."""

    def __init__(self, new_database, start_service, instances=2, **settings):
        self.database = new_database()
        settings = {"COHELM_SETTLE_SECONDS": "1", **settings}
        self.services = [start_service(self.database.service_url, **settings) for _ in range(instances)]
        self.sql = psycopg.connect(self.database.owner_url, autocommit=True)
        self.holder = psycopg.connect(self.database.owner_url)
        self.acme = World(self.services[0]).organisation()
        team = self.acme.team(name="Crew")
        self.decision = draft(self.acme)
        propose(self.acme.owner, self.decision, change("team_create", body={"name": "New", "kind": "circle"}),
                change("team_update", {"team": team.id}, {"name": "Pilots"}))
        self.acme.owner.post(f"{self.decision.path}/open")
        self.holder.execute("select from teams where id = %s for update", [team.id])
        vote(self.acme.owner, self.decision, YES)

    def read(self):
        return read(self.acme.owner, self.decision)

    def set(self, **columns):
        changes = ", ".join(f"{name} = {value}" for name, value in columns.items())
        self.sql.execute(f"update change_sets set {changes}")

    def free(self):
        self.holder.rollback()

    def pause(self):
        """The seconds until they are tried again."""
        return self.sql.execute("select extract(epoch from retry_at - updated_at)::integer from change_sets").fetchone()[0]

    def types(self):
        return [e["type"] for e in events(self.acme, self.decision) if e["type"].startswith("change_set.")][2:]

    def close(self):
        self.holder.close()
        self.sql.close()


@pytest.fixture
def waiting(new_database, start_service):
    made = []

    def make(**settings):
        made.append(Waiting(new_database, start_service, **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_changes_that_had_to_wait_are_made_by_themselves_once(waiting):
    held = waiting(instances=3)
    found = held.read()
    assert (found["status"], found["failure"], found["waiting"]["reason"], found["waiting"]["tries"]) == ("proposed", None, "Another change is going on", 1)
    assert found["waiting"]["retry_at"] > found["updated_at"] and held.pause() == 10
    assert state(held.acme.owner, held.decision)["status"] == "in_force"
    held.free()
    held.sql.execute("select pg_sleep(1.5)")
    assert held.read() == found  # not before its time
    held.set(retry_at="now()")
    wait_for(lambda: held.read()["status"] == "applied")
    assert held.read()["waiting"] is None and names(held.acme) == {"New", "Pilots"}
    held.sql.execute("select pg_sleep(2.5)")  # every instance has looked twice more
    assert held.types() == ["change_set.postponed", "change_set.applied"]
    assert [e["actor_id"] for e in events(held.acme, held.decision) if e["type"] == "change_set.applied"] == [None]
    assert [team["name"] for team in held.acme.owner.pages(f"{held.acme.path}/teams")].count("New") == 1
    closed(held.acme.owner, held.decision, "adopted")


def test_tries_come_at_growing_pauses_and_end(waiting):
    held = waiting(COHELM_LOCK_TIMEOUT_MS="50")
    for tries, pause in ((2, 20), (3, 40), (4, 80)):
        held.set(retry_at="now()")
        wait_for(lambda: held.read()["waiting"]["tries"] == tries)
        assert held.pause() == pause
    held.set(retry_at="now()", tries=8)
    wait_for(lambda: held.read()["waiting"]["tries"] == 9)
    assert held.pause() == 2560
    held.set(retry_at="now()")
    wait_for(lambda: held.read()["waiting"]["tries"] == 10)
    assert held.read()["waiting"]["retry_at"] is None
    held.free()
    held.sql.execute("select pg_sleep(2.5)")
    assert held.read()["status"] == "proposed"
    answer = held.acme.owner.post(f"{held.decision.path}/changes/apply", expect=200).json()
    assert (answer["status"], answer["waiting"]) == ("applied", None)


def test_somebody_asks_while_the_background_tries(waiting):
    held = waiting(instances=3)
    held.free()
    held.set(retry_at="now()")
    answers = at_once([lambda: held.acme.owner.request("POST", f"{held.decision.path}/changes/apply", expect=(200, 503))] * CLIENTS)
    assert {answer.json()["status"] for answer in answers if answer.status_code == 200} == {"applied"}
    held.sql.execute("select pg_sleep(1.5)")
    assert held.types() == ["change_set.postponed", "change_set.applied"] and names(held.acme) == {"New", "Pilots"}


def test_the_migration_lets_those_be_tried_that_were_left_before(waiting):
    held = waiting()
    held.set(retry_at="null", waits_for="null", tries="0")
    assert held.read()["waiting"] is None
    held.free()
    migration = pathlib.Path("sql/migrations/0012_fallbacks.sql").read_text(encoding="utf-8")
    held.sql.execute(migration[migration.index("update change_sets s"):])
    wait_for(lambda: held.read()["status"] == "applied")


def test_what_can_not_be_made_when_it_is_tried_again_has_failed(waiting):
    held = waiting()
    held.free()
    team = next(t for t in held.acme.owner.pages(f"{held.acme.path}/teams") if t["name"] == "Crew")
    held.acme.owner.delete(f"{held.acme.path}/teams/{team['id']}")
    held.set(retry_at="now()")
    wait_for(lambda: held.read()["status"] == "failed")
    found = held.read()
    assert found["waiting"] is None and found["failure"]["errors"][0]["code"] == "unknown_reference"
    assert held.types() == ["change_set.postponed", "change_set.failed"]


def test_what_was_superseded_meanwhile_is_not_made(waiting):
    held = waiting()
    held.free()
    held.sql.execute("update decisions set status = 'superseded' where id = %s", [held.decision.id])
    held.set(retry_at="now()")
    held.sql.execute("select pg_sleep(2.5)")
    assert held.read()["status"] == "proposed" and held.read()["waiting"] is None and names(held.acme) == {"Crew"}
