# SPDX-License-Identifier: Apache-2.0
"""An id in capitals is the same id (RFC 9562 section 4), wherever a client may write one; answers have small letters."""

import pytest

from changing import adopt, change, draft, propose, refuse
from deciding import actions, say


@pytest.fixture
def acme(world):
    return world.organisation()


def test_cursor__of_a_path_in_capitals(acme):
    for _ in range(2):
        acme.team()
    cursor = acme.owner.get(f"{acme.path}/teams", params={"limit": 1}).json()["next_cursor"]
    loud = f"/v1/organisations/{acme.id.upper()}/teams"
    assert len(acme.owner.get(loud, params={"limit": 1, "cursor": cursor}).json()["items"]) == 1


def test_cursor__of_a_filter_in_capitals(acme):
    maria, parent = acme.member(), acme.team()
    for _ in range(2):
        acme.team(parent_id=parent.id)
    small, loud = ({"limit": 1, "parent_id": found} for found in (parent.id, parent.id.upper()))
    cursor = acme.owner.get(f"{acme.path}/teams", params=small).json()["next_cursor"]
    assert len(acme.owner.get(f"{acme.path}/teams", params=loud | {"cursor": cursor}).json()["items"]) == 1
    assert maria.get("/v1/me/inbox", params={"organisation_id": acme.id.upper()}).json()["items"] == []


def test_body__of_what_the_document_says_is_an_id(acme):
    maria, parent, area = acme.member(), acme.team(), acme.area()
    loud = maria.member_id.upper()
    assert acme.team(parent_id=parent.id.upper())["parent_id"] == parent.id
    assert acme.owner.put(f"{acme.path}/proxies/{acme.id.upper()}", {"trustee_id": loud}).json()["trustee_id"] == maria.member_id
    level = acme.owner.put(f"{parent.path}/delegation-levels/{area.id.upper()}", {"level": 7, "delegator_id": loud}, expect=(200, 201)).json()
    assert level["delegator_id"] == maria.member_id
    body = {"title": "T", "framework": acme.framework_id("consent").upper(), "team_id": parent.id.upper(), "area_id": area.id.upper(),
            "stakeholders": [{"member_id": loud, "roles": ["members"]}]}
    made = acme.owner.post(f"{acme.path}/decisions", body, expect=201).json()
    assert (made["team_id"], made["area_id"]) == (parent.id, area.id)
    path = f"{acme.path}/decisions/{made['id']}"
    assert maria.member_id in [holder["member_id"] for holder in acme.owner.pages(f"{path}/stakeholders")]
    body["stakeholders"].append({"member_id": maria.member_id, "roles": ["members"]})
    twice = acme.owner.request("POST", f"{acme.path}/decisions", body)
    once = acme.owner.request("POST", f"{acme.path}/decisions", body | {"stakeholders": [body["stakeholders"][1]] * 2})
    assert (twice.status_code, twice.json().get("errors")) == (once.status_code, once.json().get("errors"))


def test_input__that_names_members(acme):
    facilitator, ann, bo = acme.member(), acme.member(), acme.member()
    election = acme.decision("role_election", by=facilitator, open=True, stakeholders={"facilitator": [facilitator], "members": [ann, bo]})
    assert say(ann, election, "nomination", {"nominee": bo.member_id.upper(), "text": "B"})["data"]["nominee"] == bo.member_id


def test_input__rows_that_name_members(acme):
    rita, anna = acme.member(), acme.member()
    decision = acme.decision("raci", by=rita, open=True, stakeholders={"responsible": [rita], "accountable": [anna]})
    task = rita.member_id.upper()
    given = say(anna, decision, "matrix", {"rows": [{"task": task, "responsible": [rita.member_id.upper()], "accountable": [anna.member_id.upper()]}]})
    assert given["data"]["rows"] == [{"task": task, "responsible": [rita.member_id], "accountable": [anna.member_id]}]
    assert [found for found in actions(anna, decision)["missing"] if found["pointer"].startswith("/matrix")] == []


def test_changes__name_what_they_change(acme):
    maria, parent, other = acme.member(), acme.team(), acme.team()
    decision = draft(acme)
    propose(acme.owner, decision,
            change("team_member_put", {"team": parent.id.upper(), "member": maria.member_id.upper()}, {"role": "lead"}),
            change("team_create", body={"name": "Pilots", "kind": "circle", "parent_id": parent.id.upper()}),
            change("team_update", {"team": other.id.upper()}, {"name": "Renamed"}))
    found = adopt(acme, decision)
    assert (found["status"], found["failure"]) == ("applied", None)
    assert acme.owner.get(f"{acme.path}/teams/{found['resources'][1]}").json()["parent_id"] == parent.id
    assert maria.member_id in [member["member_id"] for member in acme.owner.pages(f"{parent.path}/members")]
    assert acme.owner.get(other.path).json()["name"] == "Renamed"


def test_changes__of_a_hidden_team_are_refused_in_any_letters(acme):
    hidden = acme.team(visibility="private")
    decision = draft(acme)
    for found in (hidden.id, hidden.id.upper()):
        assert ("/changes/0/path/team", "hidden_team") in refuse(acme.owner, decision, change("team_update", {"team": found}, {"name": "N"}))


def test_token__that_is_for_one_organisation(world, acme):
    token = world.service.client(acme.owner.subject, organisation=acme.id.upper())
    assert token.get(acme.path).json()["id"] == acme.id
    token.problem("GET", world.organisation().path, status=404, code="not_found")
