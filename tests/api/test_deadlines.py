# SPDX-License-Identifier: Apache-2.0
"""Time that passes: reminders before the end of a phase and decisions that close on time, each once, on however many instances, also when
some of them are killed; and phases that end early."""

import collections
import datetime
import email.utils
import random
import subprocess
import time

import psycopg
import pytest

import service as services
from deciding import YES, causes, closed, elapse, events, say, state, vote
from world import World

INSTANCES = 3
WAIT_SECONDS = 30


def told(acme, decision, type="decision.reminder"):
    return [event for event in events(acme, decision) if event["type"] == type]


def until(condition):
    """Waits for what the background does."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def remind_at(sql, decision):
    """When the reminder comes, as seconds before the phase ends; None: never."""
    return sql.execute("select extract(epoch from phase_due_at - remind_at)::bigint from decisions where id = %s", [decision.id]).fetchone()[0]


# ---- when a reminder comes ----

@pytest.mark.parametrize("rule, duration, seconds", [
    ({}, "P7D", 86400), ({}, "P1D", None), ({}, "PT2H", None), ({"reminder": "PT1H"}, "PT2H", 3600), ({"reminder": "P1W"}, "P8D", 7 * 86400),
    ({"reminder": "P1W"}, "P7D", None)])
def test_reminder__as_long_before_the_end_as_the_rule_says(world, sql, rule, duration, seconds):
    acme = world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, configuration={"rule": rule, "phases": {"vote": {"duration": duration}}})
    assert remind_at(sql, decision) is None
    acme.owner.post(f"{decision.path}/open")
    assert remind_at(sql, decision) == seconds
    vote(acme.owner, decision, YES)
    assert remind_at(sql, decision) is None


def test_reminder__a_framework_may_have_none(world, sql):
    acme = world.organisation()
    definition = acme.owner.get(f"{acme.path}/frameworks/majority/versions/1").json()["definition"]
    definition["rule"]["reminder"] = None
    acme.owner.post(f"{acme.path}/frameworks", {"key": "quiet", "name": "Quiet", "definition": definition | {"key": "quiet", "name": "Quiet"}})
    acme.owner.post(f"{acme.path}/frameworks/quiet/publish")
    assert remind_at(sql, acme.decision("quiet", stakeholders={"voters": [acme.owner]}, open=True)) is None


@pytest.mark.parametrize("reminder", ["1 day", "PT0S", 24, "P200Y"])
def test_reminder__must_be_a_duration(world, reminder):
    acme = world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, configuration={"rule": {"reminder": reminder}})
    acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer="/configuration/rule/reminder")


def test_reminder__of_each_phase_that_begins(world, sql):
    acme = world.organisation()
    decision = acme.decision("consent", stakeholders={"members": [acme.owner], "facilitator": [acme.owner]}, open=True)
    assert remind_at(sql, decision) == 86400
    sql.execute("update decisions set remind_at = null where id = %s", [decision.id])  # it was sent
    acme.owner.post(f"{decision.path}/revisions", {"text": "The phase goes on"})
    started = sql.execute("select phase_started_at > opened_at from decisions where id = %s", [decision.id]).fetchone()[0]
    assert remind_at(sql, decision) == (86400 if started else None)
    acme.owner.post(f"{decision.path}/advance")
    assert remind_at(sql, decision) == 86400


# ---- as the organisation says ----

@pytest.mark.parametrize("settings, rule, duration, seconds", [
    ({}, {}, "P7D", 86400), ({"reminders": ["PT12H"]}, {}, "P7D", 43200), ({"reminders": ["PT2H", "P3D"]}, {}, "P7D", 3 * 86400),
    ({"reminders": ["PT2H", "P3D"]}, {}, "P2D", 7200), ({"reminders": ["P1W"]}, {}, "P7D", None), ({"reminders": []}, {}, "P7D", None),
    ({"reminders": ["P3D", "PT90M"]}, {"reminder": "PT1H"}, "P7D", 3600)])
def test_reminder__as_the_organisation_says_unless_the_rule_does(world, sql, settings, rule, duration, seconds):
    acme = world.organisation(settings=settings)
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, configuration={"rule": rule, "phases": {"vote": {"duration": duration}}}, open=True)
    assert remind_at(sql, decision) == seconds


@pytest.mark.parametrize("reminders, pointer", [
    ("P1D", "/settings/reminders"), (["1 day"], "/settings/reminders/0"), (["P1D", "PT0M"], "/settings/reminders/1"), (["P1DT2H"], "/settings/reminders/0"),
    (["P1000D"], "/settings/reminders/0"), (["P1D", "P1D"], "/settings/reminders/1"), ([f"P{i}D" for i in range(1, 12)], "/settings/reminders"),
    ([86400], "/settings/reminders/0"), ([None], "/settings/reminders/0")])
def test_reminder__settings_are_durations_of_one_unit_and_few(world, reminders, pointer):
    acme = world.organisation()
    for method, path, body in (("PATCH", acme.path, {}), ("POST", "/v1/organisations", {"handle": "never-made", "name": "Never"})):
        problem = acme.owner.problem(method, path, body | {"settings": {"reminders": reminders}}, status=422, code="invalid_body")
        assert any(fault["pointer"].startswith("/settings/reminders") for fault in problem["errors"]), problem
        assert method == "PATCH" or pointer in [fault["pointer"] for fault in problem["errors"]], problem


# ---- the background, on several instances ----

@pytest.fixture(scope="module")
def fleet(tmp_path_factory, key_file, service):
    """Instances on a database of their own that look every second."""
    database = services.Database()
    instances = [services.Service(tmp_path_factory.mktemp("fleet"), database.service_url, service.notes, COHELM_KEY_FILE=key_file,
                                  COHELM_SETTLE_SECONDS="1") for _ in range(INSTANCES)]
    for instance in instances:
        instance.start()
        instance.database = database
    yield instances
    for instance in instances:
        instance.close()
    database.drop()


@pytest.fixture
def fleet_sql(fleet):
    with psycopg.connect(fleet[0].database.owner_url, autocommit=True) as connection:
        yield connection


def counted(sql, acme, type):
    rows = sql.execute("select resource_id, count(*) from events where organisation_id = %s and type = %s group by 1", [acme.id, type])
    return collections.Counter(count for _, count in rows.fetchall())


def test_reminders_come_once(fleet, fleet_sql):
    acme = World(fleet[0]).organisation()
    made = [acme.decision(stakeholders={"voters": [acme.owner]}, open=True) for _ in range(40)]
    later = acme.decision(stakeholders={"voters": [acme.owner]}, open=True)
    before = acme.owner.get(made[0].path)
    fleet_sql.execute("update decisions set remind_at = now() where organisation_id = %s and id <> %s", [acme.id, later.id])
    until(lambda: counted(fleet_sql, acme, "decision.reminder")[1] == len(made))
    fleet_sql.execute("select pg_sleep(2.5)")  # every instance has looked twice more
    assert counted(fleet_sql, acme, "decision.reminder") == {1: len(made)}
    assert told(acme, later) == []
    after = acme.owner.get(made[0].path)
    assert (after.headers["etag"], after.json()) == (before.headers["etag"], before.json())
    data = told(acme, made[0])[0]["data"]
    assert (data["id"], data["phase"], data["round"]) == (made[0].id, "vote", 1) and "remind_at" not in data and "definition" not in data
    assert data["phase_due_at"].startswith(before.json()["phase_due_at"][:19])


def test_each_reminder_comes_once(fleet, fleet_sql):
    """Three before the end; what two of them would have said was not said in time comes once."""
    acme = World(fleet[0]).organisation(settings={"reminders": ["P1D", "PT2H", "PT1H"]})
    made = [acme.decision(stakeholders={"voters": [acme.owner]}, open=True) for _ in range(20)]

    def told_in_all():
        return sum(n * count for n, count in counted(fleet_sql, acme, "decision.reminder").items())

    for so_far, left, following in ((1, "23 hours", 7200), (2, "30 minutes", None)):  # before the end
        fleet_sql.execute("""update decisions set remind_at = now() - (phase_due_at - remind_at - %(left)s::interval),
                             phase_started_at = phase_started_at - (phase_due_at - now() - %(left)s::interval), phase_due_at = now() + %(left)s::interval
                             where organisation_id = %(id)s""", {"left": left, "id": acme.id})
        until(lambda: told_in_all() == so_far * len(made))
        fleet_sql.execute("select pg_sleep(2.5)")  # every instance has looked twice more
        assert counted(fleet_sql, acme, "decision.reminder") == {so_far: len(made)}
        assert {remind_at(fleet_sql, decision) for decision in made} == {following}


def test_another_setting_holds_for_the_phases_that_run(fleet, fleet_sql):
    acme = World(fleet[0]).organisation()
    voters = {"voters": [acme.owner]}
    fresh, aged, done = (acme.decision(stakeholders=voters, open=True) for _ in range(3))
    ruled = acme.decision(stakeholders=voters, configuration={"rule": {"reminder": "PT3H"}}, open=True)
    draft = acme.decision(stakeholders=voters)
    vote(acme.owner, done, YES)
    elapse(fleet_sql, aged, "6 days 12 hours")  # its reminder is due and comes now
    until(lambda: len(told(acme, aged)) == 1)
    before = [acme.owner.etag(decision.path) for decision in (fresh, aged)]
    acme.owner.patch(acme.path, {"settings": {"reminders": ["PT4H", "P2D"]}})
    until(lambda: remind_at(fleet_sql, fresh) == 2 * 86400)
    until(lambda: remind_at(fleet_sql, aged) == 4 * 3600)
    assert [remind_at(fleet_sql, d) for d in (ruled, draft, done)] == [3 * 3600, None, None]
    acme.owner.patch(acme.path, {"settings": {"reminders": None, "colour": "blue"}})
    until(lambda: remind_at(fleet_sql, fresh) == 86400)
    assert remind_at(fleet_sql, aged) is None and len(told(acme, aged)) == 1  # it was told of a day before already
    until(lambda: fleet_sql.execute("select count(*) from setting_rollouts where organisation_id = %s", [acme.id]).fetchone()[0] == 0)
    assert [acme.owner.etag(decision.path) for decision in (fresh, aged)] == before


def test_deadlines_hold_to_the_second(fleet, fleet_sql):
    """Nobody looks; the phases end within seconds. The outcome is dated by the deadline and not by who noticed."""
    acme = World(fleet[0]).organisation()
    others = acme.member()
    made = [acme.decision(stakeholders={"voters": [acme.owner, others]}, configuration={"phases": {"vote": {"duration": f"PT{2 + i % 3}S"}}},
                          open=True) for i in range(24)]
    until(lambda: counted(fleet_sql, acme, "decision.closed")[1] == len(made))
    rows = fleet_sql.execute("""
        select d.status, d.outcome, d.closed_at = d.phase_due_at, o.closed_at = d.closed_at, o.closed_by, d.updated_at - d.closed_at < interval '15 s'
        from decisions d join outcomes o on o.organisation_id = d.organisation_id and o.decision_id = d.id
        where d.organisation_id = %s""", [acme.id]).fetchall()
    assert rows == [("closed", "rejected", True, True, None, True)] * len(made)


def test_killed_instances_leave_nothing_undone_or_done_twice(fleet, fleet_sql):
    """While the instances close decisions and remind, they are killed and started again."""
    acme = World(fleet[0]).organisation()
    voter = acme.member()
    made = [acme.decision(stakeholders={"voters": [acme.owner, voter]}, open=True) for _ in range(150)]
    due, soon = made[:100], made[100:]
    vote(acme.owner, due[0], YES)
    fleet_sql.execute("update decisions set remind_at = now() where id = any (%s)", [[d.id for d in soon]])
    fleet_sql.execute("""update decisions set opened_at = opened_at - interval '8 days', phase_started_at = phase_started_at - interval '8 days',
        phase_due_at = phase_due_at - interval '8 days' where id = any (%s)""", [[d.id for d in due]])
    chance = random.Random(7)
    for _ in range(6):
        victim = fleet[1 + chance.randrange(INSTANCES - 1)]
        victim.kill()
        victim.start()
    until(lambda: counted(fleet_sql, acme, "decision.closed")[1] == len(due) and counted(fleet_sql, acme, "decision.reminder")[1] == len(soon))
    fleet_sql.execute("select pg_sleep(2.5)")
    assert counted(fleet_sql, acme, "decision.closed") == {1: len(due)}
    assert counted(fleet_sql, acme, "decision.reminder") == {1: len(soon)}
    assert fleet_sql.execute("select count(*) from outcomes where organisation_id = %s", [acme.id]).fetchone() == (len(due),)
    for decision in due[:3]:
        closed(acme.owner, decision, "adopted" if decision is due[0] else "rejected")


def test_killed_instances_continue_what_escalates_once(fleet, fleet_sql):
    """Nobody looks; each decision that escalates has exactly one follow-up, which is open."""
    acme = World(fleet[0]).organisation()
    voter = acme.member()
    made = [acme.decision("lazy_consensus", stakeholders={"voters": [voter]}, configuration={"rule": {"fallback": "majority"}}, open=True)
            for _ in range(40)]
    for decision in made:
        say(voter, decision, "minus_one", {"text": "No."})
    fleet_sql.execute("""update decisions set opened_at = opened_at - interval '8 days', phase_started_at = phase_started_at - interval '8 days',
        phase_due_at = phase_due_at - interval '8 days' where organisation_id = %s""", [acme.id])
    fleet_sql.execute("update inputs set created_at = created_at - interval '8 days' where organisation_id = %s", [acme.id])
    for victim in fleet[1:]:
        victim.kill()
        victim.start()
    until(lambda: counted(fleet_sql, acme, "decision.closed")[1] == len(made))
    fleet_sql.execute("select pg_sleep(2.5)")
    rows = fleet_sql.execute("""
        select o.outcome, n.status, f.key, count(*) over (partition by k.linked_id)
        from decision_links k
        join outcomes o on o.organisation_id = k.organisation_id and o.decision_id = k.linked_id and o.follow_up_id = k.decision_id
        join decisions n on n.organisation_id = k.organisation_id and n.id = k.decision_id
        join frameworks f on f.organisation_id = n.organisation_id and f.id = n.framework_id
        where k.organisation_id = %s and k.type = 'continues'""", [acme.id]).fetchall()
    assert rows == [("escalated", "open", "majority", 1)] * len(made)
    assert fleet_sql.execute("select count(*) from decisions where organisation_id = %s", [acme.id]).fetchone() == (2 * len(made),)
    for decision in made[:2]:
        closed(acme.owner, decision, "escalated")


# Every clock that a program asks for the time of day, and every wait until such a time, moved by SKEW seconds.
SKEWED_CLOCK = r"""
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static time_t skew(void) { const char *text = getenv("SKEW"); return text ? strtol(text, NULL, 10) : 0; }

int clock_gettime(clockid_t clock, struct timespec *at)
{
    long status = syscall(SYS_clock_gettime, clock, at);
    if (status == 0 && clock == CLOCK_REALTIME)
        at->tv_sec += skew();
    return (int)status;
}

time_t time(time_t *out)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    return out ? (*out = at.tv_sec) : at.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock, const struct timespec *until)
{
    int (*wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *) = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    struct timespec at = *until;
    at.tv_sec -= skew();
    return wait(cond, lock, &at);
}
"""


@pytest.mark.skipif("san" in str(services.BINARY), reason="sanitizers have clocks of their own")
@pytest.mark.parametrize("days", [-30, 30])
def test_only_the_clock_of_the_database_counts(tmp_path, start_service, new_database, days):
    """An instance whose clock is a month wrong closes and reminds what is due, when it is due, and nothing else."""
    (tmp_path / "skew.c").write_text(SKEWED_CLOCK)
    subprocess.run(["gcc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", tmp_path / "skew.so", tmp_path / "skew.c", "-ldl"], check=True)
    database = new_database()
    right = start_service(database.service_url, COHELM_SETTLE_SECONDS="3600")
    acme = World(right).organisation()
    short = acme.decision(stakeholders={"voters": [acme.owner]}, open=True, configuration={
        "rule": {"reminder": "PT10S"}, "phases": {"vote": {"duration": "PT12S"}}})
    weeks = [acme.decision(stakeholders={"voters": [acme.owner]}, open=True) for _ in range(2)]
    wrong = start_service(database.service_url, COHELM_SETTLE_SECONDS="1", LD_PRELOAD=str(tmp_path / "skew.so"), SKEW=str(days * 86400))
    dated = email.utils.parsedate_to_datetime(wrong.http.get("/openapi.json").headers["date"])
    assert abs((dated - datetime.datetime.now(datetime.timezone.utc)) / datetime.timedelta(days=1) - days) < 1
    with psycopg.connect(database.owner_url, autocommit=True) as sql:
        until(lambda: counted(sql, acme, "decision.closed"))
        rows = sql.execute("""
            select d.id::text, o.closed_at = d.phase_due_at, e.at between d.phase_due_at - interval '10 s' and d.phase_due_at
            from decisions d
            join outcomes o on o.organisation_id = d.organisation_id and o.decision_id = d.id
            join events e on e.organisation_id = d.organisation_id and e.resource_id = d.id and e.type = 'decision.reminder'
            """).fetchall()
        assert rows == [(short.id, True, True)]
    assert [state(acme.owner, decision)["status"] for decision in weeks] == ["open", "open"]
    assert [told(acme, decision) for decision in weeks] == [[], []]


# ---- ending early ----

def test_early__all_have_voted(world):
    acme = world.organisation()
    person = acme.member()
    decision = acme.decision(stakeholders={"voters": [acme.owner, person]}, open=True)
    vote(acme.owner, decision, YES)
    assert state(person, decision)["status"] == "open"
    vote(person, decision, YES)
    found = closed(person, decision, "adopted")
    assert found["closed_at"] < acme.owner.get(decision.path).json()["phase_due_at"]
    assert causes(acme, decision) == ["opened:vote", "all_in:vote"]


@pytest.mark.parametrize("early, status", [(True, "in_force"), (False, "open")])
def test_early__nothing_can_change_any_more(world, early, status):
    acme = world.organisation()
    people = [acme.member() for _ in range(5)]
    decision = acme.decision(stakeholders={"voters": people}, configuration={"rule": {"early_close": early}}, open=True)
    for person in people[:2]:
        vote(person, decision, YES)
    assert state(people[0], decision)["status"] == "open"
    vote(people[2], decision, YES)
    assert state(people[0], decision)["status"] == status
    if early:
        assert causes(acme, decision) == ["opened:vote", "certain:vote"]
        people[3].problem("PUT", f"{decision.path}/ballots/me", {"ballot": YES}, status=409, code="phase_closed")


def test_early__the_decider_decides(world):
    acme = world.organisation()
    decision = acme.decision("single_decider", stakeholders={"decider": [acme.owner]}, options={"a": "A", "b": "B"}, open=True)
    say(acme.owner, decision, "decision", {"choice": "a", "rationale": "It is."})
    assert causes(acme, decision) == ["opened:decide", "decided:decide"]
    assert acme.owner.get(decision.path).json()["status"] == "in_force"


def test_late__what_comes_after_the_deadline_does_not_count(world, sql):
    acme = world.organisation()
    person = acme.member()
    decision = acme.decision(stakeholders={"voters": [acme.owner, person]}, open=True)
    elapse(sql, decision, "7 days")
    person.problem("PUT", f"{decision.path}/ballots/me", {"ballot": YES}, status=409, code="phase_closed")
    assert closed(person, decision, "rejected")["closed_by"] is None
