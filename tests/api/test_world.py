# SPDX-License-Identifier: Apache-2.0
"""That the world which other tests start from is what they take it for."""


def test_members_have_the_role_asked_for(world):
    acme = world.organisation()
    for role, person in acme.everyone().items():
        member = person.get(f"{acme.path}/members/{person.member_id}").json()
        assert (member["role"], member["status"], member["person_id"]) == (role, "active", person.id)


def test_team_has_its_members(world):
    acme = world.organisation()
    maria, noor = acme.member(), acme.member()
    team = acme.team(members=[maria, (noor, "facilitator")])
    roles = {item["member_id"]: item["role"] for item in maria.pages(f"{team.path}/members")}
    assert roles[maria.member_id] == "member" and roles[noor.member_id] == "facilitator"


def test_organisations_do_not_see_each_other(world):
    acme, other = world.organisation(), world.organisation()
    acme.owner.problem("GET", other.path, status=404, code="not_found")
