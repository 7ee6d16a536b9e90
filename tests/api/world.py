# SPDX-License-Identifier: Apache-2.0
"""A world for one test, made through the API: people, an organisation with members in each role, teams, decisions.

    acme = world.organisation()
    maria = acme.member("facilitator")              # a Person, with .member_id
    platform = acme.team(name="Platform")
    decision = acme.decision(framework="consent", stakeholders={"members": [maria]})
    maria.get(f"{decision.path}")

Functions return what the service answered; nothing here knows a rule of the domain."""

import itertools
import secrets

from client import Client

ROLES = ("owner", "admin", "facilitator", "member", "observer")


class World:
    def __init__(self, service):
        self.service = service
        self.tag = secrets.token_hex(5)
        self.numbers = itertools.count(1)

    def person(self, name=None, **claims):
        """Somebody with a token and an e-mail address of their own, in no organisation."""
        subject = f"{(name or 'person').lower().replace(' ', '-')}-{next(self.numbers)}-{self.tag}"
        claims = {"name": name or subject, "email": f"{subject}@example.org", "email_verified": True, **claims}
        return Person(self.service, self.service.token(subject, **claims), subject, claims["name"], claims["email"])

    def organisation(self, owner=None, **fields):
        """A new organisation; `owner` (or somebody new) becomes its owner."""
        owner = owner or self.person("Owner")
        number = next(self.numbers)
        body = {"handle": f"o{number}-{self.tag}", "name": f"Organisation {number}", **fields}
        return Organisation(self, owner, owner.post("/v1/organisations", body, expect=201).json())


class Person(Client):
    """A caller with a name, and after joining an organisation with .member_id (in the one joined last)."""

    def __init__(self, service, token, subject, name, email):
        super().__init__(service, token, subject)
        self.name = name
        self.email = email
        self.organisation = None
        self._member_id = None

    def joins(self, organisation, member_id=None):
        self.organisation = organisation
        self._member_id = member_id

    @property
    def id(self):
        return self.get("/v1/me").json()["id"]

    @property
    def member_id(self):
        if self._member_id is None:
            self._member_id = self.organisation.member_id(self)
        return self._member_id


class Resource:
    """What the service answered, with the path it was answered for: resource["name"], resource.id, resource.path."""

    def __init__(self, path, data):
        self.path = path
        self.data = data
        self.id = data["id"]

    def __getitem__(self, name):
        return self.data[name]


class Organisation(Resource):
    def __init__(self, world, owner, data):
        super().__init__(f"/v1/organisations/{data['id']}", data)
        self.world = world
        self.owner = owner
        self.handle = data["handle"]
        owner.joins(self)

    def member_id(self, person):
        """The id that a member has in this organisation."""
        me = person.id
        return next(item["id"] for item in self.owner.pages(f"{self.path}/members") if item.get("person_id") == me)

    def add(self, person, role="member"):
        """Makes somebody who has no membership here an active member, by invitation and acceptance."""
        invited = self.owner.post(f"{self.path}/members", {"email": person.email, "role": role}, expect=201).json()
        invitation = next(item for item in person.pages("/v1/me/invitations") if item["organisation_id"] == self.id)
        person.post(f"/v1/me/invitations/{invitation['id']}/accept")
        person.joins(self, invited["id"])
        return person

    def member(self, role="member", name=None):
        """Somebody new in that role."""
        return self.add(self.world.person(name or role.capitalize()), role)

    def everyone(self):
        """One member in each built-in role, by role."""
        return {"owner": self.owner} | {role: self.member(role) for role in ROLES[1:]}

    def team(self, by=None, members=(), **fields):
        """A team with those members; `members` are Persons, or (Person, team role)."""
        body = {"name": f"Team {next(self.world.numbers)}", "kind": "functional", **fields}
        team = Resource(f"{self.path}/teams/", (by or self.owner).post(f"{self.path}/teams", body, expect=201).json())
        team.path += team.id
        for member in members:
            member, role = member if isinstance(member, tuple) else (member, "member")
            self.owner.put(f"{team.path}/members/{member.member_id}", {"role": role})
        return team

    def area(self, name=None, parent_id=None, **fields):
        body = {"name": name or f"Area {next(self.world.numbers)}", "parent_id": parent_id, **fields}
        area = Resource(f"{self.path}/areas/", self.owner.post(f"{self.path}/areas", body, expect=201).json())
        area.path += area.id
        return area

    def delegate(self, team_id, area_id, level, delegator=None, **fields):
        """Sets the delegation level of a team in an area; the owner delegates unless somebody else does."""
        body = {"level": level, "delegator_id": (delegator or self.owner).member_id, **({"answer_within_days": 14} if level == 6 else {}), **fields}
        return self.owner.put(f"{self.path}/teams/{team_id}/delegation-levels/{area_id}", body).json()

    def framework_id(self, key):
        """The id of a framework of this organisation by its key."""
        return next(item["id"] for item in self.owner.pages(f"{self.path}/frameworks") if item["key"] == key)

    def decision(self, framework="majority", by=None, stakeholders=None, options=None, open=False, **fields):
        """A draft; `stakeholders` is {role in the framework: [Client]}, `options` {key: title}. `open` opens it at once."""
        by = by or self.owner
        roles = {}
        for role, people in (stakeholders or {}).items():
            for person in people:
                roles.setdefault(person.member_id, []).append(role)
        body = {"title": f"Decision {next(self.world.numbers)}", "text": "What is proposed.", "framework": framework,
                "stakeholders": [{"member_id": member, "roles": held} for member, held in roles.items()],
                "options": [{"key": key, "title": title} for key, title in (options or {}).items()], **fields}
        decision = Resource(f"{self.path}/decisions/", by.post(f"{self.path}/decisions", body, expect=201).json())
        decision.path += decision.id
        decision.people = list(dict.fromkeys([by, *(person for people in (stakeholders or {}).values() for person in people)]))
        if open:
            by.post(f"{decision.path}/open", expect=200)
        return decision
