# SPDX-License-Identifier: Apache-2.0
"""A world with something of everything, written down for Schemathesis: what path and body parameters may name, and who asks.

DIRECTORY/<parameter>.dict holds values, one a line in quotes (the dictionary format of libFuzzer); owner.json and member.json say who calls, and
which stranger must see nothing of it (the authentication format of Web Fuzzing Commons); owner.ways.json and member.ways.json say by operation
which path arguments belong together (and with what in the body) so that it can succeed: a draft of one's own, an option of it."""

import json
import pathlib
import shutil

from world import World


def write(service, directory):
    world = World(service)
    acme = world.organisation(governance_mode="open")
    people = acme.everyone()
    directory.mkdir(parents=True, exist_ok=True)
    for name, entries in known(world, acme, people).items():
        (directory / f"{name}.dict").write_text("".join(f'"{entry}"\n' for entry in entries))
    stranger = world.organisation().owner
    for role in ("owner", "member"):
        (directory / f"{role}.ways.json").write_text(json.dumps(Workshop(world, acme, people, people[role]).ways))
        (directory / f"{role}.json").write_text(json.dumps({"auth": [identity("caller", people[role]), identity("stranger", stranger)]}))
    # What must not be deleted, for all the rest would be gone with it: see hooks.py.
    kept = {"organisation": [acme.id, acme.handle], "member": [people["owner"].member_id, people["member"].member_id]}
    (directory / "kept.json").write_text(json.dumps(kept))
    shutil.copy(pathlib.Path(__file__).with_name("schemathesis.toml"), directory)  # which finds the dictionaries beside it


def identity(name, person):
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {person.token}"}]}


def known(world, acme, people):
    """Values by the name of the parameter that takes them."""
    owner, member = people["owner"], people["member"]
    circle = acme.team(name="Circle", kind="circle", members=[(owner, "lead"), member, people["facilitator"]])
    below = acme.team(name="Below", parent_id=circle.id, members=[member])
    areas = [acme.area("Hiring"), acme.area("Spending")]
    areas.append(acme.area("Tools", areas[1].id))
    acme.delegate(circle.id, areas[0].id, 5)
    account = owner.post(f"{acme.path}/service-accounts", {"name": "Robot", "role": "observer"}, expect=201).json()
    secret = owner.post(f"{acme.path}/service-accounts/{account['id']}/secrets", expect=201).json()
    role = owner.post(f"{acme.path}/roles", {"kind": "organisation", "key": "guest", "name": "Guest", "permissions": ["team.read"]}, expect=201).json()
    framework = owner.post(f"{acme.path}/frameworks", {"copy_of": {"framework": "majority"}, "key": "ours", "name": "Ours"}, expect=201).json()
    owner.post(f"{acme.path}/frameworks/{framework['id']}/publish")
    owner.patch(f"{acme.path}/frameworks/{framework['id']}", {"purpose": "For what matters."})
    invited = owner.post(f"{acme.path}/members", {"email": "nobody@example.org"}, expect=201).json()
    decisions, said = taken(acme, people, circle)
    scopes = [acme.id, circle.id, areas[0].id, decisions[0].id]
    return {
        "organisation": [acme.id, acme.handle],
        "invitation": [invite(world, person) for person in (owner, member, owner, member)],
        "role": ["member", role["id"], role["key"]],
        "member": [person.member_id for person in people.values()] + [invited["id"], account["id"]],
        "service_account": [account["id"]],
        "secret": [secret["id"]],
        "client_secret": [secret["secret"]],
        "team": [circle.id, below.id],
        "area": [area.id for area in areas],
        "scope": scopes,
        "above": [circle.id, below.id, *(area.id for area in areas)],
        "framework": ["majority", "schulze", "consent", "ours", framework["id"]],
        "decision": [decision.id for decision in decisions],
        "input": said,
        "option": ["stay", "move", "wait"],
    }


def invite(world, person):
    other = world.organisation()
    other.owner.post(f"{other.path}/members", {"email": person.email}, expect=201)
    return next(item["id"] for item in person.pages("/v1/me/invitations") if item["organisation_id"] == other.id)


def taken(acme, people, circle):
    """Decisions in every state, in which the owner and the member take part; and what was said about one of them."""
    owner, member = people["owner"], people["member"]
    voters, options = {"voters": [owner, member]}, {"stay": "Stay", "move": "Move", "wait": "Wait"}
    circle_roles = {"proposer": [owner], "facilitator": [owner], "members": [owner, member]}
    drafts = [acme.decision("schulze", stakeholders=voters, options=options, team_id=circle.id) for _ in range(6)]
    vote = acme.decision(stakeholders=voters, open=True)
    secret = acme.decision(stakeholders=voters, secret=True, open=True)
    ranked = acme.decision("schulze", stakeholders=voters, options=options, open=True)
    owner.put(f"{ranked.path}/ballots/me", {"ballot": {"ranking": [["stay"], ["move", "wait"]]}})
    closed = acme.decision(stakeholders=voters, open=True)
    for person in (owner, member):
        person.put(f"{closed.path}/ballots/me", {"ballot": {"choice": "yes"}})
    withdrawn = acme.decision(stakeholders=voters, open=True)
    owner.post(f"{withdrawn.path}/withdraw", {})
    consent = acme.decision("consent", stakeholders=circle_roles, open=True)
    question = member.post(f"{consent.path}/inputs", {"type": "question", "data": {"text": "What does it cost?"}}, expect=201).json()
    objecting = acme.decision("consent", stakeholders=circle_roles, open=True)
    for _ in ("clarify", "react"):
        owner.post(f"{objecting.path}/advance")
    objection = member.post(f"{objecting.path}/inputs", {"type": "objection", "data": {"policy_broken": "Two offers"}}, expect=201).json()
    return [*drafts, vote, secret, ranked, closed, withdrawn, consent, objecting], [question["id"], objection["id"]]


class Workshop:
    """What one of the callers can work on, by operation: three of everything that an operation uses up."""

    def __init__(self, world, acme, people, caller):
        self.acme, self.people, self.caller = acme, people, caller
        self.owner, self.both = people["owner"], [people["owner"], people["member"]]
        self.ways = {}
        self.team = acme.team(name=f"Workshop of {caller.name}", members=[(caller, "lead"), people["facilitator"]])
        self.area = acme.area(f"Work of {caller.name}")
        self.structure(world)
        self.drafts()
        for _ in range(3):
            self.used_up(world)
            self.open()
            self.decided()

    def at(self, operations, body=None, without=(), **path):
        """Says that these operations can succeed there, if the body has these members, and is without others."""
        for operation in operations.split():
            way = {"path": {"organisation": self.acme.id, **path}, "body": body or {}, "without": list(without)}
            self.ways.setdefault(operation, []).append(way)

    def made(self, path, body):
        return self.owner.post(f"{self.acme.path}/{path}", body, expect=201).json()["id"]

    def vote(self, **fields):
        return self.acme.decision(by=self.caller, stakeholders={"voters": self.both}, **fields)

    def consent(self, advances=0):
        decision = self.acme.decision("consent", by=self.caller, open=True, configuration={"rule": {"objection_test": "none"}}, stakeholders={
            "proposer": [self.caller], "facilitator": [self.caller], "members": self.both})
        for _ in range(advances):
            self.caller.post(f"{decision.path}/advance", expect=200)
        return decision

    def structure(self, world):
        """What stays, and what is somebody's own."""
        acme, caller = self.acme, self.caller
        acme.delegate(self.team.id, self.area.id, 6)
        self.at("area_get area_update", area=self.area.id)
        self.at("delegation_level_list", team=self.team.id)
        self.at("delegation_level_get delegation_level_put delegation_level_history_list", team=self.team.id, area=self.area.id)
        self.at("team_member_put", team=self.team.id, member=self.people["observer"].member_id)
        for scope in (acme.id, self.team.id, self.area.id):
            caller.put(f"{acme.path}/proxies/{scope}", {"trustee_id": self.people["facilitator"].member_id}, expect=200)
            self.at("proxy_get proxy_put proxy_delete", scope=scope)
        feed = acme.member().post("/v1/me/calendar/feed", expect=201).json()["url"]
        self.at("calendar_feed_get", secret=feed.rpartition("/")[2])
        self.at("job_get", job=self.job())

    def job(self):
        tally = {"method": "approval", "options": ["A", "B"], "ballots": [{"approve": ["A"]}]}
        return self.caller.post("/v1/tallies", tally, headers={"Prefer": "respond-async"}, expect=202).json()["id"]

    def used_up(self, world):
        """What an operation deletes."""
        acme, number = self.acme, next(world.numbers)
        self.at("job_delete", job=self.job())
        for operation in ("me_invitation_accept", "me_invitation_decline"):
            self.at(operation, invitation=invite(world, self.caller))
        other = self.caller.post("/v1/organisations", {"handle": f"spare-{world.tag}-{number}", "name": "Spare"}, expect=201).json()
        self.at("organisation_delete", organisation=other["id"])
        area, team, member = acme.area(), acme.team(), acme.member()
        acme.delegate(team.id, area.id, 7)
        acme.owner.put(f"{self.team.path}/members/{member.member_id}", {"role": "member"})
        self.at("delegation_level_delete", team=team.id, area=area.id)
        self.at("team_member_delete", team=self.team.id, member=member.member_id)
        self.at("member_update member_delete", member=acme.member().member_id)
        self.at("area_delete", area=acme.area().id)
        self.at("team_update team_delete", team=acme.team().id)
        role = self.made("roles", {"kind": "team", "key": f"r{number}", "name": "Spare", "permissions": []})
        self.at("role_update role_delete", role=role)
        for operations in ("framework_update framework_publish", "framework_delete"):
            key = f"f{next(world.numbers)}"
            self.at(operations, framework=self.made("frameworks", {"copy_of": {"framework": "majority"}, "key": key, "name": "Spare"}))
        account = self.made("service-accounts", {"name": f"Spare {number}", "role": "observer"})
        self.at("service_account_secret_delete", service_account=account, secret=self.made(f"service-accounts/{account}/secrets", {}))
        gone = self.made("service-accounts", {"name": f"Gone {number}", "role": "observer"})
        self.at("service_account_update service_account_delete", service_account=gone)

    def drafts(self):
        """What stays a draft."""
        acme, caller = self.acme, self.caller
        spare = {f"spare-{number}": "Spare" for number in range(3)}
        draft = acme.decision("schulze", by=caller, stakeholders={"voters": list(self.people.values())}, options={"stay": "Stay", **spare},
                              team_id=self.team.id, area_id=self.area.id)
        self.at("decision_update decision_option_list stakeholder_list stakeholder_group_list change_set_put", decision=draft.id)
        self.at("decision_option_put", decision=draft.id, key="stay")
        consent = acme.decision("consent", by=caller)
        self.at("stakeholder_group_put", decision=consent.id, key="team", body={"team_id": self.team.id, "roles": ["members"]}, without=["role"])
        self.at("stakeholder_put", decision=consent.id, member=self.owner.member_id, body={"roles": ["members"]})
        electorate = {"team_id": self.team.id, "roles": ["voters"]}
        self.at("decision_create", body={"framework": "schulze", "team_id": self.team.id, "stakeholders": [], "electorate": electorate},
                without=["framework_version", "configuration", "area_id"])
        for key, role in zip(spare, ("admin", "facilitator", "observer")):
            self.at("decision_option_delete", decision=draft.id, key=key)
            self.at("stakeholder_delete", decision=draft.id, member=self.people[role].member_id)
            caller.put(f"{draft.path}/stakeholder-groups/{key}", {"team_id": self.team.id, "roles": ["voters"]}, expect=200)
            self.at("stakeholder_group_delete", decision=draft.id, key=key)
            other = self.vote()
            caller.put(f"{draft.path}/links/relates_to/{other.id}", expect=200)
            self.at("decision_link_put decision_link_delete", decision=draft.id, type="relates_to", linked=other.id)
        self.at("decision_link_list", decision=draft.id)

    def changes(self, decision):
        changes = [{"operation": "area_create", "body": {"name": f"Area of {decision.id}"}}]
        self.caller.put(f"{decision.path}/changes", {"changes": changes}, expect=200)
        return decision

    def open(self):
        """Drafts to open and to delete, and open decisions in which it is the caller's turn."""
        self.at("decision_open", decision=self.vote().id)
        self.at("decision_delete", decision=self.vote().id)
        self.at("change_set_get change_set_delete", decision=self.changes(self.vote()).id)
        voters = {"voters": [*self.both, self.people["facilitator"]]}
        ranked = self.acme.decision("schulze", by=self.caller, stakeholders=voters, open=True, configuration={"rule": {"proxy": {"allowed": True}}},
                                    options={"stay": "Stay", "centre": "Move", "remote": "Give it up"})
        self.caller.put(f"{ranked.path}/ballots/me", {"ballot": {"ranking": [["stay"]]}}, expect=200)
        self.at("ballot_put ballot_get ballot_delete ballot_list proxy_chain_get decision_actions_get decision_status_get", decision=ranked.id)
        self.at("decision_withdraw", decision=self.vote(open=True).id)
        self.at("decision_advance", decision=self.consent().id, body={"phase": "clarify"})
        self.at("input_create", decision=self.consent(2).id, body={"type": "consent", "data": {}}, without=["subject", "revision"])
        refused = self.consent(2)
        for person, type in zip(self.both, ("consent", "objection")):
            said = person.post(f"{refused.path}/inputs", {"type": type, "data": {"text": "As it is."}}, expect=201).json()
            self.at("input_get", decision=refused.id, input=said["id"])
        self.at("input_list revision_list revision_create", decision=refused.id)

    def decided(self):
        """Decisions that are in force, changed the structure, or escalated to another one."""
        in_force = self.adopted(self.vote())
        self.at("decision_review decision_reopen decision_close", decision=in_force.id)
        self.at("outcome_get count_report_get decision_recount decision_record_get ballot_list", decision=in_force.id)
        changed = self.adopted(self.changes(self.vote()))
        self.at("change_set_get change_set_apply", decision=changed.id)
        self.at("change_set_reverse", decision=self.adopted(self.changes(self.vote())).id)
        escalated = self.acme.decision("consensus", by=self.caller, stakeholders={"members": self.both}, open=True,
                                       configuration={"rule": {"fallback": "majority"}})
        self.caller.post(f"{escalated.path}/advance", expect=200)
        for person in self.both:
            person.post(f"{escalated.path}/inputs", {"type": "block", "data": {"text": "It is too early."}}, expect=201)
        next = self.caller.get(f"{escalated.path}/outcome").json()["follow_up_id"]
        assert next, "nothing follows what escalated"
        for decision in (escalated.id, next):
            self.at("decision_get decision_record_get decision_link_list decision_status_get decision_actions_get", decision=decision)
        self.at("outcome_get", decision=escalated.id)

    def adopted(self, decision):
        self.owner.post(f"{decision.path}/open", expect=200)
        for person in self.both:
            person.put(f"{decision.path}/ballots/me", {"ballot": {"choice": "yes"}}, expect=200)
        return decision
