# SPDX-License-Identifier: Apache-2.0
"""The audit log, and the events that others follow."""

import datetime
import threading
import time

import pytest


def log(acme, **params):
    return acme.owner.pages(f"{acme.path}/audit-log", **params)


def events(acme, **params):
    return acme.owner.pages(f"{acme.path}/events", **params)


@pytest.mark.parametrize("role, status", [("admin", 200), ("facilitator", 403), ("member", 403), ("observer", 403)])
def test_trail__who_may_read_it(world, role, status):
    acme = world.organisation()
    person = acme.member(role)
    for path, permission in [("audit-log", "audit.read"), ("events", "event.read")]:
        answer = person.get(f"{acme.path}/{path}", expect=status)
        assert status == 200 or answer.json()["permission"] == permission
    world.person().problem("GET", f"{acme.path}/events", status=404, code="not_found")
    world.person().problem("GET", f"{acme.path}/audit-log", status=404, code="not_found")


@pytest.mark.parametrize("path, permission", [("audit-log", "audit.read"), ("events", "event.read")])
def test_trail__is_read_whole(world, path, permission):
    """Whoever may read it reads of private teams too, as the document says of the permission."""
    acme = world.organisation()
    acme.owner.post(f"{acme.path}/roles", {"kind": "organisation", "key": "reader", "name": "Reader",
                                           "permissions": ["organisation.read", "team.read", permission]})
    reader = acme.member()
    acme.owner.patch(f"{acme.path}/members/{reader.member_id}", {"role": "reader"})
    hidden = acme.team(name="Hidden", visibility="private")
    reader.problem("GET", hidden.path, status=404, code="not_found")
    assert [row["data"]["name"] for row in reader.pages(f"{acme.path}/{path}", resource_id=hidden.id)] == ["Hidden"]
    assert "private teams" in reader.service.contract.document["x-permissions"][permission]["about"]


def test_audit_log__tells_who_did_what_by_which_request(world):
    acme = world.organisation()
    maria = acme.member("admin")
    answer = maria.post(f"{acme.path}/teams", {"name": "Platform", "kind": "circle"}, headers={"X-Request-Id": "from-a-script.1"})
    team = answer.json()
    [entry] = log(acme, resource_id=team["id"])
    assert (entry["action"], entry["actor_id"], entry["resource_id"]) == ("team.created", maria.member_id, team["id"])
    assert entry["request_id"] == "from-a-script.1" and entry["override"] is False
    assert entry["data"]["name"] == "Platform" and entry["data"]["kind"] == "circle"


def test_audit_log__filters_sorts_and_pages(world):
    acme = world.organisation()
    admin = acme.member("admin")
    teams = [acme.team(by=admin if number % 2 else acme.owner) for number in range(6)]
    acme.owner.delete(teams[0].path)
    newest = log(acme, limit=2)
    assert newest == list(reversed(log(acme, limit=3, sort="created_at")))
    assert newest[0]["action"] == "team.deleted" and newest[-1]["action"] == "organisation.created"
    assert [entry["resource_id"] for entry in log(acme, actor_id=admin.member_id, action="team.created", limit=1)] == [
        team.id for team in reversed(teams[1::2])]
    both = log(acme, action="team.created,team.deleted", limit=4, sort="created_at")
    assert [entry["action"] for entry in both] == ["team.created"] * 6 + ["team.deleted"]
    third = next(entry for entry in newest if entry["resource_id"] == teams[2].id)
    later = log(acme, created_after=third["created_at"])
    earlier = log(acme, created_before=third["created_at"])
    assert later + [third] + earlier == newest
    assert log(acme, created_after=newest[0]["created_at"]) == []
    assert log(acme, override="true") == [] and log(acme, override="false") == newest
    acme.owner.problem("GET", f"{acme.path}/audit-log", params={"created_after": "yesterday"}, status=400, code="invalid_parameter",
                       pointer="query/created_after")


def test_trail__what_was_only_validated_or_refused_leaves_no_trace(world):
    acme = world.organisation()
    member = acme.member()
    before = log(acme), events(acme)
    acme.owner.request("POST", f"{acme.path}/teams?validate_only=true", {"name": "X", "kind": "circle"})
    member.problem("POST", f"{acme.path}/teams", {"name": "X", "kind": "circle"}, status=403, code="permission_denied")
    acme.owner.problem("POST", f"{acme.path}/teams", {"name": "X", "kind": "cube"}, status=422, code="invalid_body")
    assert (log(acme), events(acme)) == before


def test_trail__every_change_is_in_both(world):
    acme = world.organisation()
    team = acme.team(members=[acme.member()])
    acme.owner.patch(team.path, {"name": "Renamed"})
    acme.owner.post(f"{acme.path}/frameworks", {"copy_of": {"framework": "consent"}, "key": "ours"})
    logged = {entry["id"]: (entry["action"], entry["resource_id"], entry["actor_id"]) for entry in log(acme)}
    told = {event["id"]: (event["type"], event["resource_id"], event["actor_id"]) for event in events(acme)}
    assert logged == told and len(logged) >= 6


def test_event_list__in_order_of_what_happened(world):
    acme = world.organisation()
    teams = [acme.team() for _ in range(5)]
    made = events(acme, type="team.created", limit=2)
    assert [event["resource_id"] for event in made] == [team.id for team in teams]
    assert made[3]["data"]["name"] == teams[3]["name"]
    assert [event["created_at"] for event in made] == sorted(event["created_at"] for event in made)
    assert [event["type"] for event in events(acme, resource_id=teams[4].id)] == ["team.created"]


def test_event_list__goes_on_after_a_position(world):
    acme = world.organisation()
    before = events(acme)
    assert events(acme, after=before[-1]["position"]) == []
    first, second = acme.team(), acme.team()
    following = events(acme, after=before[-1]["position"], limit=1)
    assert [event["resource_id"] for event in following] == [first.id, second.id]
    assert events(acme, after=following[0]["position"]) == following[1:]
    assert events(acme, after=following[0]["position"], type="organisation.created") == []
    assert events(acme, after=before[0]["position"]) == before[1:] + following


@pytest.mark.parametrize("position", ["", "1", "1.2.3", "x.1.018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b",
                                      "1.99999999999999999999.018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b", "1.-1.018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b"])
def test_event_list__a_position_that_is_none(world, position):
    acme = world.organisation()
    acme.owner.problem("GET", f"{acme.path}/events", params={"after": position}, status=400, code="invalid_parameter",
                       pointer="query/after")


def test_event_list__a_position_from_elsewhere_shows_nothing_of_it(world):
    acme, other = world.organisation(), world.organisation()
    foreign = events(other)[-1]["position"]
    assert {event["id"] for event in events(acme, after=foreign)} <= {event["id"] for event in events(acme)}


def test_event_list__a_follower_misses_nothing_that_many_write_at_once(world):
    acme = world.organisation()
    position = events(acme)[-1]["position"]
    seen, made = [], []

    def write():
        for _ in range(10):
            made.append(acme.team().id)

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    while True:
        done = not any(writer.is_alive() for writer in writers)
        page = acme.owner.get(f"{acme.path}/events", params={"after": position, "limit": 7}).json()["items"]
        seen += page
        position = page[-1]["position"] if page else position
        if done and not page:
            break
        time.sleep(0.01)  # callers have 600 requests a minute
    assert len(made) == 80
    assert sorted(event["resource_id"] for event in seen) == sorted(made)


def test_event_list__times_are_those_of_the_change(world):
    acme = world.organisation()
    team = acme.team()
    [event] = events(acme, resource_id=team.id)
    assert event["created_at"] == team["created_at"]
    assert datetime.datetime.fromisoformat(event["created_at"].replace("Z", "+00:00")).tzinfo
