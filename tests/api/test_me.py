# SPDX-License-Identifier: Apache-2.0
"""The caller: profile, organisations, invitations."""

import concurrent.futures
import json
import secrets
import time
import uuid

import jwt

from client import Client


def invitations(person):
    return person.pages("/v1/me/invitations")


def by_email(organisation, person, role="member"):
    return organisation.owner.post(f"{organisation.path}/members", {"email": person.email, "role": role}, expect=201).json()


# ---- profile ----

def test_me__first_sign_in_makes_the_person(world):
    maria = world.person("Maria")
    me = maria.get("/v1/me").json()
    assert me["subject"] == maria.subject and me["issuer"] == maria.service.public_url and me["kind"] == "human"
    assert (me["display_name"], me["email"], me["email_verified"]) == ("Maria", maria.email, True)
    assert me["token"] == {"scope": None, "organisation_id": None}
    assert uuid.UUID(me["id"]).version == 7
    assert maria.get("/v1/me").json()["id"] == me["id"]


def test_me__says_what_the_token_narrows_it_to(world):
    acme = world.organisation()
    narrow = world.service.client(acme.owner.subject, scope="team.read member.*", organisation=acme.id)
    assert narrow.get("/v1/me").json()["token"] == {"scope": "team.read member.*", "organisation_id": acme.id}


def test_me__profile_is_a_merge_patch(world):
    maria = world.person("Maria")
    before = maria.get("/v1/me").json()
    change = {"display_name": "Maria Moser", "title": "Head of people", "function": "HR", "location": "Wien",
              "time_zone": "Europe/Vienna"}
    after = maria.patch("/v1/me", change).json()
    assert after == before | change | {"version": before["version"] + 1, "updated_at": after["updated_at"]}
    after = maria.patch("/v1/me", {"title": None, "location": None}).json()
    assert (after["title"], after["location"], after["function"]) == (None, None, "HR")
    assert maria.get("/v1/me").json() == after


def test_me__refuses_what_is_not_the_persons_to_set(world):
    maria = world.person("Maria")
    for member, value in (("email", "other@example.org"), ("kind", "service"), ("subject", "root"), ("nonsense", 1)):
        maria.problem("PATCH", "/v1/me", {member: value}, status=422, code="invalid_body", pointer=f"/{member}")
    problem = maria.problem("PATCH", "/v1/me", {"display_name": "", "time_zone": "no zone", "title": " "}, status=422,
                            code="invalid_body")
    assert {fault["pointer"] for fault in problem["errors"]} == {"/display_name", "/time_zone", "/title"}
    assert maria.get("/v1/me").json()["display_name"] == "Maria"


def test_me__if_match(world):
    maria = world.person("Maria")
    tag = maria.etag("/v1/me")
    maria.patch("/v1/me", {"title": "A"}, headers={"If-Match": tag})
    maria.problem("PATCH", "/v1/me", {"title": "B"}, headers={"If-Match": tag}, status=412, code="precondition_failed")
    assert maria.get("/v1/me").json()["title"] == "A"
    narrow = world.service.client(maria.subject, scope="me.update")  # which the answer shows
    assert narrow.get("/v1/me", headers={"If-None-Match": maria.etag("/v1/me")}).json()["token"]["scope"] == "me.update"
    changed = narrow.patch("/v1/me", {"title": "C"}, headers={"If-Match": narrow.etag("/v1/me")})
    assert changed.headers["etag"] == narrow.etag("/v1/me") != maria.etag("/v1/me")


def test_me__a_pinned_token_changes_nothing_of_the_person(world):
    acme = world.organisation()
    pinned = world.service.client(acme.owner.subject, organisation=acme.id)
    pinned.problem("PATCH", "/v1/me", {"title": "B"}, status=403, code="token_pinned")
    assert acme.owner.get("/v1/me").json()["title"] is None


# ---- organisations ----

def test_me_organisations__with_role_and_status_page_by_page(world):
    maria = world.person("Maria")
    made = [world.organisation(owner=maria, name=f"Owned {n}") for n in range(3)]
    guest = world.organisation(name="Guest % of")
    guest.add(maria, "observer")
    inviting = world.organisation(name="Inviting")
    by_email(inviting, maria)
    named = inviting.owner.post(f"{inviting.path}/members", {"person_id": world.person().get("/v1/me").json()["id"]}).json()

    items = maria.pages("/v1/me/organisations", limit=2)
    assert [item["name"] for item in items] == ["Guest % of", "Owned 0", "Owned 1", "Owned 2"]
    assert [(item["role"], item["status"]) for item in items] == [("observer", "active")] + [("owner", "active")] * 3
    assert named["status"] == "invited"
    assert [item["name"] for item in maria.pages("/v1/me/organisations", role="observer,admin")] == ["Guest % of"]
    assert [item["name"] for item in maria.pages("/v1/me/organisations", q="WNED")] == ["Owned 0", "Owned 1", "Owned 2"]
    assert [item["name"] for item in maria.pages("/v1/me/organisations", q="% o")] == ["Guest % of"]
    assert maria.pages("/v1/me/organisations", status="suspended") == []


def test_me_organisations__status(world):
    acme = world.organisation()
    maria = acme.member()
    invited = world.person()
    acme.owner.post(f"{acme.path}/members", {"person_id": invited.get("/v1/me").json()["id"]}, expect=201)
    assert [item["status"] for item in invited.pages("/v1/me/organisations", status="invited,suspended")] == ["invited"]
    acme.owner.patch(f"{acme.path}/members/{maria.member_id}", {"status": "suspended"})
    assert [item["status"] for item in maria.pages("/v1/me/organisations")] == ["suspended"]
    maria.problem("GET", acme.path, status=404, code="not_found")
    acme.owner.delete(f"{acme.path}/members/{maria.member_id}")
    assert maria.pages("/v1/me/organisations") == []


def test_me_organisations__pinned_sees_one(world):
    maria = world.person("Maria")
    one, other = world.organisation(owner=maria), world.organisation(owner=maria)
    pinned = world.service.client(maria.subject, organisation=one.id)
    assert [item["id"] for item in pinned.pages("/v1/me/organisations")] == [one.id]
    pinned.problem("GET", other.path, status=404, code="not_found")


# ---- invitations ----

def test_invitations__by_address_in_any_case(world):
    acme = world.organisation()
    maria = world.person("Maria")
    invited = by_email(acme, maria, "facilitator")
    shouting = world.service.client(email=maria.email.upper(), email_verified=True)
    [invitation] = invitations(maria)
    assert invitation["id"] == invited["id"] and invitation["role"] == "facilitator"
    assert invitation["organisation_id"] == acme.id and invitation["organisation_handle"] == acme.handle
    assert invitation["invited_by"] == "Owner" and invitation["invited_at"] == invited["invited_at"]
    assert [item["id"] for item in invitations(shouting)] == [invited["id"]]
    assert invitations(world.person()) == []


def test_invitations__only_where_the_issuer_verified_the_address(world, start_service, tmp_path):
    secret = secrets.token_hex(32)
    (tmp_path / "secret").write_text(secret)
    (tmp_path / "issuers.json").write_text(json.dumps({"issuers": [{
        "issuer": "https://login.example.org", "audiences": ["cohelm"], "algorithms": ["HS256"], "secret_file": "secret"}]}))
    service = start_service(COHELM_ISSUERS_FILE=str(tmp_path / "issuers.json"))

    def stranger(subject, **claims):
        claims |= {"iss": "https://login.example.org", "aud": "cohelm", "sub": subject, "exp": int(time.time()) + 600}
        return Client(service, jwt.encode(claims, secret, "HS256"), subject)

    acme = world.organisation()
    maria = world.person("Maria")
    invited = by_email(acme, maria)
    for name, verified in (("false", {"email_verified": False}), ("absent", {}), ("text", {"email_verified": "no"})):
        eve = stranger(f"{name}-{world.tag}", email=maria.email, **verified)
        assert eve.get("/v1/me").json()["email_verified"] is False
        assert invitations(eve) == []
        eve.problem("POST", f"/v1/me/invitations/{invited['id']}/accept", status=404, code="not_found")
    friend = stranger(f"verified-{world.tag}", email=maria.email, email_verified=True)
    assert [item["id"] for item in invitations(friend)] == [invited["id"]]
    friend.post(f"/v1/me/invitations/{invited['id']}/accept", expect=200)
    assert friend.get(acme.path).json()["id"] == acme.id


def test_invitations__newest_first_page_by_page(world):
    maria = world.person("Maria")
    inviting = [world.organisation() for _ in range(5)]
    for organisation in inviting:
        by_email(organisation, maria)
    items = maria.pages("/v1/me/invitations", limit=2)
    assert [item["organisation_id"] for item in items] == [organisation.id for organisation in reversed(inviting)]
    pinned = world.service.client(maria.subject, email=maria.email, organisation=inviting[2].id)
    assert [item["organisation_id"] for item in invitations(pinned)] == [inviting[2].id]
    pinned.problem("POST", f"/v1/me/invitations/{items[0]['id']}/accept", status=404, code="not_found")
    assert pinned.post(f"/v1/me/invitations/{items[2]['id']}/accept").json()["status"] == "active"


def test_invitation_accept__by_address(world, sql):
    acme = world.organisation()
    maria = world.person("Maria")
    maria.patch("/v1/me", {"title": "Own title", "location": "Graz"})
    invited = acme.owner.post(f"{acme.path}/members", {
        "email": maria.email, "display_name": "M. M.", "title": "Given title", "role": "facilitator"}).json()
    assert (invited["status"], invited["person_id"], invited["joined_at"]) == ("invited", None, None)
    maria.problem("GET", acme.path, status=404, code="not_found")
    membership = maria.post(f"/v1/me/invitations/{invited['id']}/accept", expect=200).json()
    assert membership["id"] == acme.id and membership["member_id"] == invited["id"]
    assert (membership["role"], membership["status"]) == ("facilitator", "active")
    member = maria.get(f"{acme.path}/members/{invited['id']}").json()
    assert member["person_id"] == maria.get("/v1/me").json()["id"] and member["status"] == "active"
    assert (member["display_name"], member["email"]) == ("Maria", maria.email)
    assert (member["title"], member["location"]) == ("Given title", "Graz")
    assert member["joined_at"] is not None and member["invited_by"] == acme.owner.member_id
    maria.problem("POST", f"/v1/me/invitations/{invited['id']}/accept", status=404, code="not_found")
    actions = [row[0] for row in sql.execute(
        "select action from audit_log where organisation_id = %s and resource_id = %s order by at", (acme.id, invited["id"]))]
    assert actions == ["member.invited", "member.joined"]


def test_invitation_accept__by_person_keeps_the_profile_hidden_until_then(world):
    acme = world.organisation()
    maria = world.person("Maria")
    invited = acme.owner.post(f"{acme.path}/members", {"person_id": maria.get("/v1/me").json()["id"]}).json()
    assert (invited["display_name"], invited["email"], invited["status"]) == ("", None, "invited")
    [invitation] = invitations(maria)
    maria.post(f"/v1/me/invitations/{invitation['id']}/accept")
    member = acme.owner.get(f"{acme.path}/members/{invited['id']}").json()
    assert (member["display_name"], member["email"], member["status"]) == ("Maria", maria.email, "active")


def test_invitation_accept__nobody_elses(world):
    acme = world.organisation()
    maria, eve = world.person("Maria"), world.person("Eve")
    invited = by_email(acme, maria)
    for action in ("accept", "decline"):
        eve.problem("POST", f"/v1/me/invitations/{invited['id']}/{action}", status=404, code="not_found")
        eve.problem("POST", f"/v1/me/invitations/{uuid.uuid4()}/{action}", status=404, code="not_found")
    assert [item["id"] for item in invitations(maria)] == [invited["id"]]


def test_invitation_accept__once_however_many_ask_at_once(world):
    acme = world.organisation()
    maria = world.person("Maria")
    invited = by_email(acme, maria)
    maria.get("/v1/me")
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(
            lambda _: maria.post(f"/v1/me/invitations/{invited['id']}/accept", expect=None).status_code, range(20)))
    assert statuses == [200] + [404] * 19


def test_invitation_accept__a_member_already(world):
    acme = world.organisation()
    maria = acme.member()
    other_address = f"other-{maria.email}"
    invited = acme.owner.post(f"{acme.path}/members", {"email": other_address, "role": "admin"}).json()
    renamed = world.service.client(maria.subject, email=other_address, email_verified=True)
    renamed.problem("POST", f"/v1/me/invitations/{invited['id']}/accept", status=409, code="already_exists")
    assert maria.get(f"{acme.path}/members/{maria.member_id}").json()["role"] == "member"
    # A suspended one does not come back by a second invitation.
    acme.owner.patch(f"{acme.path}/members/{maria.member_id}", {"status": "suspended"})
    renamed.problem("POST", f"/v1/me/invitations/{invited['id']}/accept", status=409, code="already_exists")
    renamed.post(f"/v1/me/invitations/{invited['id']}/decline", expect=204)


def test_invitation_accept__again_after_leaving(world):
    acme = world.organisation()
    maria = acme.member("facilitator")
    maria.delete(f"{acme.path}/members/{maria.member_id}")
    again = by_email(acme, maria, "observer")
    assert again["id"] == maria.member_id and again["status"] == "invited" and again["ended_at"] is None
    maria.problem("GET", acme.path, status=404, code="not_found")
    maria.post(f"/v1/me/invitations/{again['id']}/accept")
    member = maria.get(f"{acme.path}/members/{maria.member_id}").json()
    assert (member["status"], member["role"]) == ("active", "observer")


def test_invitation_accept__again_under_another_address(world):
    acme = world.organisation()
    maria = acme.member()
    person = maria.get("/v1/me").json()["id"]
    maria.delete(f"{acme.path}/members/{maria.member_id}")
    other_address = f"other-{maria.email}"
    invited = acme.owner.post(f"{acme.path}/members", {"email": other_address}).json()
    assert invited["id"] != maria.member_id
    renamed = world.service.client(maria.subject, email=other_address, email_verified=True)
    renamed.post(f"/v1/me/invitations/{invited['id']}/accept")
    assert renamed.get(f"{acme.path}/members/{invited['id']}").json()["person_id"] == person
    old = renamed.get(f"{acme.path}/members/{maria.member_id}").json()
    assert (old["status"], old["person_id"]) == ("left", None)


def test_invitation_accept__by_two_ways_at_once(world):
    acme = world.organisation()
    maria = world.person("Maria")
    named = acme.owner.post(f"{acme.path}/members", {"person_id": maria.get("/v1/me").json()["id"], "role": "observer"}).json()
    mailed = by_email(acme, maria)
    assert {item["id"] for item in invitations(maria)} == {named["id"], mailed["id"]}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda i: maria.post(f"/v1/me/invitations/{i}/accept", expect=None).status_code,
                                [named["id"], mailed["id"]]))
    assert 200 in answers and set(answers) <= {200, 404, 409}
    states = [acme.owner.get(f"{acme.path}/members/{i}").json()["status"] for i in (named["id"], mailed["id"])]
    assert states.count("active") == 1
    assert maria.get(acme.path).json()["id"] == acme.id


def test_invitation_decline(world, sql):
    acme = world.organisation()
    maria = world.person("Maria")
    invited = by_email(acme, maria)
    team = acme.team()
    acme.owner.put(f"{team.path}/members/{invited['id']}", {"role": "member"})
    maria.post(f"/v1/me/invitations/{invited['id']}/decline", expect=204)
    assert invitations(maria) == [] and acme.owner.pages(f"{team.path}/members", role="member") == []
    maria.problem("POST", f"/v1/me/invitations/{invited['id']}/decline", status=404, code="not_found")
    maria.problem("POST", f"/v1/me/invitations/{invited['id']}/accept", status=404, code="not_found")
    assert acme.owner.get(f"{acme.path}/members/{invited['id']}").json()["status"] == "left"
    events = {row[0] for row in sql.execute("select type from events where organisation_id = %s", (acme.id,))}
    assert {"member.declined", "team_member.removed"} <= events
    assert by_email(acme, maria)["id"] != invited["id"]
