# SPDX-License-Identifier: Apache-2.0
"""Random short decisions, held against a model of FRAMEWORKS.md after every step: in simulations, where time is exact, and as real ones."""

import datetime
import random

import pytest

from deciding import closed, elapse, wait_until
from walk_model import CRITERIA, DAY, STANCES, Approval, Consent, Majority
from world import World

START = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.timezone.utc)
PHASES = {"majority": [("vote", 7)], "approval": [("vote", 7)], "consent": [("clarify", 3), ("react", 3), ("object", 7), ("integrate", 14)]}
MODELS = {"majority": Majority, "approval": Approval, "consent": Consent}
SHARES = [[1, 2], [1, 3], [2, 3], [3, 4], [1, 1]]
TEXT = {"text": "Because."}


class Walk:
    """People, a rule and steps, most of them such as would be taken; `model` is where they lead."""

    def __init__(self, framework, seed):
        self.random = random.Random(f"{framework} {seed}")
        self.framework, self.names = framework, ["ann", "bo", "cy", "di"][:self.random.randint(2 if framework == "consent" else 1, 4)]
        self.proposer = self.random.choice(self.names)
        self.weights = {name: self.random.choice([1, 1, 1, 2, 3, 1000000]) for name in self.names}
        self.options = list("xyz"[:self.random.randint(2, 3)]) if framework == "approval" else []
        self.roles = {name: ["members" if framework == "consent" else "voters"] for name in self.names}
        if framework == "consent":
            self.roles[self.random.choice(self.names)].append("facilitator")
        self.rule, self.proxies = self.make_rule(), {}
        if self.rule.get("proxy"):
            self.proxies = {name: self.random.choice([None, *(set(self.names) - {name})]) for name in self.names if self.maybe(.7)}
        self.steps, self.model = [], self.fresh()
        for _ in range(self.random.randint(1, 9)):
            self.steps.append(self.make_step())
            self.model.do(len(self.steps) - 1, self.steps[-1])

    def maybe(self, chance):
        return self.random.random() < chance

    def fresh(self):
        roles = {name: {*held, *(["proposer"] if name == self.proposer else [])} for name, held in self.roles.items()}
        return MODELS[self.framework](PHASES[self.framework], self.rule, roles, self.weights, self.proposer, self.options, self.proxies)

    def make_rule(self):
        choose, maybe = self.random.choice, self.maybe
        if self.framework == "consent":
            return {"objection_test": choose(["holacracy", "s3", "none"]), "silence": choose(["none", "consent"]), "max_rounds": choose([1, 2, 3])}
        rule = {"early_close": maybe(.5)}
        always = self.framework == "majority" or not rule["early_close"]  # what is certain may close early, and here need not (rule k)
        rule |= {"quorum": choose(SHARES)} if maybe(.4) and always else {}
        rule |= {"minimum": choose([1, 2, 3])} if maybe(.2) and always else {}
        rule |= {"proxy": {"allowed": True}} if maybe(.3) and not rule["early_close"] else {}
        rule |= {"proposer_votes": False} if maybe(.2) and len(self.names) > 1 else {}
        if self.framework == "approval":
            rule |= {"max_choices": self.random.randint(1, len(self.options))} if maybe(.3) else {}
            return rule | ({"seats": self.random.randint(1, len(self.options) - 1)} if maybe(.3) else {})
        rule |= {"quorum_base": "yes_no"} if maybe(.3) else {}
        share = choose(SHARES)
        return rule | choose([{}, {"absolute": True}, {"tie_break": "casting_vote", "casting_vote": choose(["yes", "no"])},
                              {"threshold": share, "inclusive": share == [1, 1] or maybe(.5), "base": choose(["yes_no", "cast", "eligible"])}])

    def make_step(self):
        model, name = self.model, self.random.choice(self.names)
        after = (self.steps[-1]["after"] if self.steps else 0) + self.random.choice([0, 0, 1, 60, DAY])
        if not model.outcome and self.maybe(.15):
            after = max(after, model.due - self.random.choice([0, 1]))  # the deadline, and the last second before
        waiting = [other for other in self.names if model.may(other)["waiting"]]
        name = self.random.choice(waiting) if waiting and self.maybe(.7) else name
        may, step = model.may(name), {"after": after, "member": name}
        if self.maybe(.07):
            return step | {"action": self.random.choice(["leave", "leave", "withdraw"])}
        if self.framework != "consent":
            return step | {"action": "ballot", "ballot": self.random.choice(model.every_ballot() + [{"approve": self.options}] * bool(self.options))}
        actions = [action for action in ("advance", "revise") if may[action]] or self.random.choices(["advance", "revise"], k=1)
        if self.maybe(.1) or (not may["inputs"] or model.key != "object") and self.maybe(.6):
            return step | {"action": self.random.choice(actions)}
        return step | self.make_input(may["inputs"] or list(STANCES))

    def make_input(self, types):
        type = self.random.choice(types)
        step = {"action": "input", "type": type, "data": TEXT} | ({"revision": self.random.choice([1, self.model.revision])} if self.maybe(.1) else {})
        asked = {"answer": "question", "ruling": "objection"}.get(type)
        subjects = [number for number, said in enumerate(self.steps) if said.get("type") == asked]
        if asked and not subjects:
            return step | {"type": "consent"}
        if asked:
            step["subject"] = self.random.choice(subjects)
        if type == "objection":
            step["data"] = {"s3": {"kind": "risk", **TEXT}, "none": TEXT, "holacracy": self.random.choice([
                {"policy_broken": "No decision on Fridays."}, {"arguments": dict.fromkeys(CRITERIA, "So.")}, {"arguments": {CRITERIA[0]: "So."}}])
            }[self.rule["objection_test"]]
        if type == "ruling":
            arguments = self.steps[step["subject"]]["data"].get("arguments", {})
            step["data"] = {"arguments_given": {criterion: criterion in arguments or self.maybe(.05) for criterion in CRITERIA}}
        return step

    def request(self, steps):
        end = steps[-1]["after"] if steps else 0
        return {"starts_at": time(0), "ends_at": time(end), "proposer": self.proposer, "configuration": {"rule": self.rule},
                "electorate": [{"member": name, "roles": self.roles[name], "weight": self.weights[name]} for name in self.names],
                "options": [{"key": key} for key in self.options],
                "proxies": [{"truster": truster, "trustee": trustee} for truster, trustee in self.proxies.items()],
                "steps": [{"at": time(step["after"])} | {key: value for key, value in step.items() if key != "after"} for step in steps]}


def time(seconds):
    return (START + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def agree(refused, code, what):
    assert code in refused if refused else code is None, f"{what}: the model says {refused}, the service {code}"


def compare_actions(expected, said, what):
    assert expected == {key: sorted(said[key]) if key == "inputs" else said[key] for key in expected}, what


@pytest.fixture
def acme(start_service):
    return World(start_service(COHELM_RATE_LIMIT="1000000")).organisation()


@pytest.mark.parametrize("framework", MODELS)
def test_walk__simulated(acme, framework):
    for seed in range(60):
        walk = Walk(framework, seed)
        model, refused = walk.fresh(), None
        model.settle(0)
        for number in range(len(walk.steps) + 1):
            steps = walk.steps[:number]
            what = (framework, seed, walk.rule, steps)
            refused = model.do(number - 1, steps[-1]) if steps else None
            found = acme.owner.post(f"{acme.path}/frameworks/{framework}/simulate?version=1", walk.request(steps), expect=200).json()
            assert found["opened"], (what, found["missing"])
            if steps:
                problem = found["steps"][-1]["problem"]
                agree(refused, problem and problem["code"], what)
            assert (found["outcome"], sorted(found["winners"])) == (model.outcome, model.winners), what
            assert [(e["cause"], e["phase"], e["round"], e["revision"], e["at"]) for e in found["events"]] == [
                (*event[:4], time(event[4])) for event in model.events], what
            for name in walk.names:
                told = next((each for each in found["who"] if name in each["members"]), None)
                compare_actions(model.may(name), told or dict.fromkeys(model.may(name), False) | {"inputs": []}, (name, what))


def send(people, decision, number, step, inputs):
    """The step as a request of its member; the code of its problem."""
    person, action, path = people[step["member"]], step["action"], decision.path
    if action == "leave":
        person.organisation.owner.delete(f"{person.organisation.path}/members/{person.member_id}", expect=(204, 404, 409))
        return None
    if action == "ballot":
        answer = person.put(f"{path}/ballots/me", {"ballot": step["ballot"]}, expect=None)
    elif action == "input":
        body = {key: step[key] for key in ("type", "data", "revision") if key in step}
        answer = person.post(f"{path}/inputs", body | ({"subject": inputs.get(step["subject"])} if "subject" in step else {}), expect=None)
    else:
        body = {"text": "Another text."} if action == "revise" else None
        answer = person.post(f"{path}/{'revisions' if action == 'revise' else action}", body, expect=None)
    if answer.status_code == 201 and action == "input":
        inputs[number] = answer.json()["id"]
    return answer.json()["code"] if answer.status_code >= 400 else None


@pytest.mark.parametrize("framework", MODELS)
def test_walk__real(acme, sql, framework):
    for seed in range(100, 106):
        walk = Walk(framework, seed)
        model, now, inputs = walk.fresh(), 0, {}
        people = {name: acme.member(name=name) for name in walk.names}
        decision = acme.decision(framework, by=people[walk.proposer], configuration={"rule": walk.rule}, options={key: key for key in walk.options})
        for name, person in people.items():
            held = walk.roles[name] + ["proposer"] * (name == walk.proposer and framework != "approval")
            acme.owner.put(f"{decision.path}/stakeholders/{person.member_id}", {"roles": held, "weight": walk.weights[name]})
        for truster, trustee in walk.proxies.items():
            people[truster].put(f"{acme.path}/proxies/{decision.id}", {"trustee_id": trustee and people[trustee].member_id})
        people[walk.proposer].post(f"{decision.path}/open")
        model.settle(0)
        for number, step in enumerate(walk.steps):
            what = (framework, seed, walk.rule, walk.steps[:number + 1])
            if not model.outcome:
                elapse(sql, decision, f"{step['after'] - now} seconds")
                now = step["after"]
            gone = step["member"] in model.left
            refused = model.do(number, step)
            agree({"not_found"} if gone and step["action"] != "leave" else refused, send(people, decision, number, step, inputs), what)
            found = wait_until(lambda: (read := acme.owner.get(decision.path).json())["outcome"] == model.outcome and read)  # leaving settles it later
            assert (found["phase"], found["round"], found["revision"]) == (model.key, model.round, model.revision), what
            for name in set(walk.names) - model.left:
                said = people[name].get(f"{decision.path}/actions").json()
                compare_actions(model.may(name), said["may"] | {"waiting": said["waiting"]}, (name, what))
        if model.outcome:
            assert sorted(closed(acme.owner, decision, model.outcome)["winners"]) == model.winners
