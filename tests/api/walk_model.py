# SPDX-License-Identifier: Apache-2.0
"""What FRAMEWORKS.md says of three frameworks, written from its text alone: `majority` (3.6), `approval` (3.7) and `consent` (3.2), with the
common frame (1) and proxies (3.11). Members are names, times seconds since the opening. A step is as in a simulation, with `after` for its time."""

import itertools

DAY = 86400
CRITERIA = ("harms_capacity", "limits_responsibility", "newly_caused", "necessarily_follows")
CLOSED = {"phase_closed", "decision_state", "permission_denied"}
STANCES = ("consent", "concern", "objection")


class Model:
    """`do` returns None, or the codes of which the refusal must have one."""

    def __init__(self, phases, rule, roles, weights, proposer, options=(), proxies=None):
        self.phases, self.rule, self.roles, self.weights, self.proposer = phases, rule, roles, weights, proposer
        self.options, self.proxies = list(options), proxies or {}
        self.left, self.events, self.outcome, self.winners = set(), [], None, []
        self.round = self.revision = 1
        self.changed = 0
        self.start(0, 0, "opened")

    # ---- time ----

    def start(self, index, at, cause):
        self.index = index
        self.key, days = self.phases[index]
        self.due = at + days * DAY
        self.events.append((cause, self.key, self.round, self.revision, at))

    def close(self, outcome, at, cause, winners=()):
        self.outcome, self.winners = outcome, sorted(winners)
        self.events.append((cause, self.key, self.round, self.revision, at))

    def settle(self, now):
        """Lets happen what happens by itself: what was said ends the phase at once, and else the deadline, at the very second."""
        while not self.outcome:
            if cause := self.fulfilled():
                self.end(cause, max(self.changed, self.events[-1][4]))
            elif self.due <= now:
                self.end("deadline", self.due)
            else:
                break

    def do(self, number, step):
        self.settle(step["after"])
        refused = self.take(number, step)
        if not refused:
            self.changed = step["after"]
            self.settle(step["after"])
        return refused

    def take(self, number, step):
        action, member = step["action"], step["member"]
        if action == "leave":
            self.left.add(member)
            return None
        if action == "withdraw":
            if self.outcome:
                return None if self.outcome == "withdrawn" else CLOSED
            if not self.may(member)["withdraw"]:
                return {"permission_denied"}
            return self.close("withdrawn", step["after"], "withdrawn")
        if self.outcome:
            return CLOSED
        return self.act(number, step)

    def may(self, member):
        """What the answer on actions must say."""
        can = not self.outcome and member not in self.left
        found = {"vote": False, "inputs": [], "advance": False, "revise": False, "withdraw": can and member == self.proposer, "waiting": False}
        return found | self.actions(member) if can else found


class Vote(Model):
    def __init__(self, *arguments, **named):
        self.ballots = {}
        super().__init__(*arguments, **named)

    def voters(self):
        return [m for m in self.roles if "voters" in self.roles[m] and (m != self.proposer or self.rule.get("proposer_votes", True))]

    def missing(self):
        return [m for m in self.voters() if m not in self.ballots and m not in self.left]

    def act(self, number, step):
        if step["action"] != "ballot" or step["member"] in self.left or step["member"] not in self.voters():
            return CLOSED | {"phase_incomplete"}
        chosen = step["ballot"].get("approve", [])
        if len(chosen) > self.rule.get("max_choices", len(chosen)):
            return {"ballot_invalid"}
        self.ballots[step["member"]] = step["ballot"]

    def actions(self, member):
        return {"vote": member in self.voters(), "waiting": member in self.missing()}

    def fulfilled(self):
        if not self.missing():
            return "all_in"
        return "certain" if self.rule.get("early_close") and self.certain() else None

    def certain(self):
        """Rule k, by trying every completion of the missing ballots, not voting being one."""
        choices = [None, *self.every_ballot()]
        completions = itertools.product(choices, repeat=len(self.missing()))
        cast = ({m: b for m, b in zip(self.missing(), each) if b} for each in completions)
        return len({str(self.count(self.ballots | more)) for more in cast}) == 1

    def end(self, cause, at):
        outcome, winners = self.count(self.ballots)
        self.close(outcome, at, cause, winners)

    def weighed(self, ballots):
        """Each ballot with the weight of its voter and of those whose proxies lead to them."""
        weights = {m: self.weights[m] for m in self.voters() if m in ballots}
        for truster in self.voters() if self.rule.get("proxy") else []:
            member, passed = truster, set()
            while member and member not in ballots and member not in passed and member not in self.left and member in self.voters():
                passed.add(member)
                member = self.proxies.get(member)
            if member in weights and member != truster:
                weights[member] += self.weights[truster]
        return [(ballots[member], weight) for member, weight in weights.items()]

    def count(self, ballots):
        cast = self.weighed(ballots)
        total, eligible = sum(weight for _, weight in cast), sum(self.weights[m] for m in self.voters())
        numerator, denominator = self.rule.get("quorum", [0, 1])
        base = self.quorum_base(cast, total)
        if base * denominator < numerator * eligible or total < self.rule.get("minimum", 0):
            return "no_quorum", []
        return self.winner(cast, total, eligible)


class Majority(Vote):
    def every_ballot(self):
        return [{"choice": choice} for choice in ("yes", "no", "abstain")]

    def sums(self, cast):
        return [sum(weight for ballot, weight in cast if ballot["choice"] == choice) for choice in ("yes", "no")]

    def quorum_base(self, cast, total):
        return sum(self.sums(cast)) if self.rule.get("quorum_base") == "yes_no" else total

    def winner(self, cast, total, eligible):
        yes, no = self.sums(cast)
        if "threshold" in self.rule:
            numerator, denominator = self.rule["threshold"]
            base = {"yes_no": yes + no, "cast": total, "eligible": eligible}[self.rule.get("base", "yes_no")]
            passed = yes * denominator >= numerator * base if self.rule.get("inclusive") else yes * denominator > numerator * base
        elif self.rule.get("absolute"):
            passed = 2 * yes > eligible
        else:
            passed = yes > no or (yes == no and self.rule.get("casting_vote") == "yes")
        return "adopted" if passed and yes else "rejected", []


class Approval(Vote):
    def every_ballot(self):
        sizes = range(self.rule.get("max_choices", len(self.options)) + 1)
        return [{"approve": list(chosen)} for size in sizes for chosen in itertools.combinations(self.options, size)]

    def quorum_base(self, cast, total):
        return total

    def winner(self, cast, total, eligible):
        sums = {option: sum(weight for ballot, weight in cast if option in ballot["approve"]) for option in self.options}
        if not any(sums.values()):
            return "rejected", []
        seats = self.rule.get("seats", 1)
        cut = sorted(sums.values(), reverse=True)[seats - 1]
        found = [option for option in self.options if sums[option] >= cut]
        return "adopted" if len(found) == seats else "tied", found


class Consent(Model):
    def __init__(self, *arguments, **named):
        self.stances, self.rulings, self.questions, self.answers = {}, {}, {}, set()
        super().__init__(*arguments, **named)

    def holders(self, role):
        return [m for m in self.roles if role in self.roles[m]]

    def silent(self):
        return [m for m in self.holders("members") if m not in self.stances]

    def qualified(self, member):
        """Of an objection: whether it stands, None before the ruling. The facilitator says for which criteria an argument was given."""
        number, _, data = self.stances[member]
        if self.rule["objection_test"] != "holacracy" or "policy_broken" in data:
            return True
        return all(self.rulings[number].values()) if number in self.rulings else None

    def objections(self):
        return [self.qualified(member) for member, stance in self.stances.items() if stance[1] == "objection"]

    def unruled(self):
        return self.key in ("object", "integrate") and None in self.objections()

    def last_round(self):
        return self.round >= self.rule["max_rounds"]

    def fulfilled(self):
        if self.key == "object" and not [m for m in self.silent() if m not in self.left] and not self.unruled():
            return "all_in" if True in self.objections() else "no_objection"
        if self.key == "integrate" and not self.unruled() and (True not in self.objections() or self.last_round()):
            return "no_objection"
        return None

    def end(self, cause, at):
        if self.key in ("clarify", "react"):
            return self.start(self.index + 1, at, cause)
        open_objections = [found for found in self.objections() if found is not False]
        if not open_objections:
            others = [m for m in self.holders("members") if m != self.proposer]  # who were told that it is open
            by_silence = self.rule["silence"] == "consent" and (others or not self.silent())
            return self.close("adopted" if not self.silent() or by_silence else "escalated", at, cause)
        if self.key == "object" and not (self.last_round() and True in open_objections):
            return self.start(self.index + 1, at, cause)
        return self.close("escalated", at, cause)

    def unanswered(self):
        return self.key == "clarify" and set(self.questions.values()) - self.answers

    def inputs(self, member):
        by = {"clarify": {"question": ("members", "facilitator"), "answer": ("proposer",)}, "react": {"reaction": ("members",)},
              "object": {**dict.fromkeys(STANCES, ("members",)), "ruling": ("facilitator",)}, "integrate": {"ruling": ("facilitator",)}}
        return sorted(type for type, roles in by[self.key].items() if self.roles[member] & set(roles))

    def actions(self, member):
        proposes, facilitates = "proposer" in self.roles[member], "facilitator" in self.roles[member]
        revises = proposes and self.key != "object" and not (self.key == "integrate" and self.last_round())
        waiting = (self.key == "object" and member in self.silent()) or (facilitates and self.unruled()) or (proposes and self.unanswered())
        return {"inputs": self.inputs(member), "advance": facilitates and self.key in ("clarify", "react") and not self.unanswered(),
                "revise": revises, "waiting": bool(waiting or (revises and self.key == "integrate"))}

    def act(self, number, step):
        action, member, may = step["action"], step["member"], self.may(step["member"])
        if action == "ballot":
            return CLOSED
        if action == "input":
            return self.hear(number, step) if step["type"] in may["inputs"] else CLOSED | {"input_invalid"}
        if not may[action]:
            return CLOSED | {"phase_incomplete"}
        if action == "advance":
            return self.start(self.index + 1, step["after"], "advance")
        self.revision += 1
        self.round += self.key == "integrate"
        self.stances, self.questions = {}, {}
        return self.start(2 if self.key == "integrate" else self.index, step["after"], "revised")

    def hear(self, number, step):
        type, member, data, subject = step["type"], step["member"], step["data"], step.get("subject")
        if step.get("revision", self.revision) != self.revision:
            return {"revision_outdated"}
        if type == "answer":
            if subject not in self.questions.values():
                return {"input_invalid"}
            self.answers.add(subject)
        elif type == "ruling":
            ruled = next((stance for stance in self.stances.values() if stance[0] == subject and "arguments" in stance[2]), None)
            if not ruled or any(given and criterion not in ruled[2]["arguments"] for criterion, given in data["arguments_given"].items()):
                return {"input_invalid"}
            self.rulings[subject] = data["arguments_given"]
        elif type == "question":
            self.questions[member] = number  # in place of another one (rule b)
        elif type in STANCES:
            self.stances[member] = (number, type, data)
        return None
