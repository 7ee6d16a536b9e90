# SPDX-License-Identifier: Apache-2.0
"""Inputs that a framework hides: nobody but who gave them sees them before it says so, by no operation."""

import pytest

from deciding import closed, elapse, say, state

SECRET = "the words that nobody may read"


def hiding(world, how):
    """A consensus of a, b and the owner in which reactions are hidden, and positions until the poll is over; a has reacted."""
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    source = acme.owner.get(f"{acme.path}/frameworks/consensus").json()["definition"] | {"key": "hidden_poll"}
    source["phases"][0]["inputs"][0]["hidden"] = how
    for taken in source["phases"][1]["inputs"]:
        taken["hidden"] = "phase"
    acme.owner.post(f"{acme.path}/frameworks", {"definition": source}, expect=201)
    acme.owner.post(f"{acme.path}/frameworks/hidden_poll/publish", expect=200)
    decision = acme.decision("hidden_poll", stakeholders={"members": [a, b, acme.owner]}, open=True)
    return acme, a, b, decision, say(a, decision, "reaction", {"text": SECRET})


def polled(world):
    acme, a, b, decision, _ = hiding(world, "never")
    acme.owner.post(f"{decision.path}/advance", expect=200)
    return acme, a, b, decision, say(a, decision, "reservations", {"text": "POLLED " + SECRET})


def everything(person, acme, decision):
    """All that the person can read of the decision."""
    paths = ["", "/inputs", "/inputs?type=reservations,reaction", "/record", "/status", "/actions", "/stakeholders"]
    read = [person.get(f"{decision.path}{path}").text for path in paths]
    read.append(person.get(f"{decision.path}/record", headers={"Accept": "text/markdown"}).text)
    for trail in ("audit-log", "events") if person is acme.owner else ():
        read += [str(item) for item in person.pages(f"{acme.path}/{trail}", resource_id=decision.id)]
    return "\n".join(read)


def hidden_from(person, acme, decision, given):
    person.problem("GET", f"{decision.path}/inputs/{given['id']}", status=404, code="not_found")
    assert given["id"] not in [i["id"] for i in person.pages(f"{decision.path}/inputs")]
    assert given["data"]["text"] not in everything(person, acme, decision)


@pytest.mark.parametrize("how", ["phase", "always"])
def test_only_its_author_sees_it_while_the_phase_goes_on(world, how):
    acme, a, b, decision, given = hiding(world, how)
    for person in (b, acme.owner, acme.member(role="admin")):
        hidden_from(person, acme, decision, given)
    assert a.get(f"{decision.path}/inputs/{given['id']}").json() == given
    assert a.pages(f"{decision.path}/inputs") == [given]


def test_the_trail_does_not_say_how_somebody_reacted(world):
    """What was said is in the kind of an input too: to block is to say no."""
    acme, a, b, decision, _ = polled(world)
    say(a, decision, "block", {"text": "POLLED " + SECRET})
    for trail, kind in (("audit-log", "action"), ("events", "type")):
        rows = [row for row in acme.owner.pages(f"{acme.path}/{trail}", resource_id=decision.id) if row[kind].startswith("input.")]
        assert sorted("type" in row["data"] for row in rows) == [False, False, True], "only the reaction was given in the open"


def test_it_is_revealed_when_the_phase_is_over(world):
    acme, a, b, decision, given = hiding(world, "phase")
    acme.owner.post(f"{decision.path}/advance", expect=200)
    assert b.pages(f"{decision.path}/inputs") == [given]
    assert SECRET in everything(b, acme, decision)


def test_it_is_revealed_when_all_are_in(world):
    acme, a, b, decision, given = polled(world)
    say(b, decision, "agree")
    hidden_from(b, acme, decision, given)
    say(acme.owner, decision, "agree")
    closed(b, decision, "adopted")
    assert b.get(f"{decision.path}/inputs/{given['id']}").json() == given
    assert given["data"]["text"] in everything(b, acme, decision) and len(b.pages(f"{decision.path}/inputs")) == 4


def test_what_is_replaced_stays_hidden(world):
    acme, a, b, decision, given = polled(world)
    hidden_from(b, acme, decision, say(a, decision, "agree", {"text": "POLLED again"}))


@pytest.mark.parametrize("end", ["withdraw", "deadline"])
def test_what_was_given_up_reveals_nothing(world, sql, end):
    acme, a, b, decision, given = polled(world)
    if end == "withdraw":
        acme.owner.post(f"{decision.path}/withdraw", expect=200)
        closed(b, decision, "withdrawn")
        hidden_from(b, acme, decision, given)
    else:
        elapse(sql, decision, "8 days")
        closed(b, decision, "rejected")
        assert given["data"]["text"] in everything(b, acme, decision)


def test_hidden_for_ever(world):
    acme, a, b, decision, given = hiding(world, "always")
    acme.owner.post(f"{decision.path}/advance", expect=200)
    assert state(b, decision)["phase"] == "poll"
    for person in (a, b, acme.owner):
        hidden_from(b, acme, decision, given)
        say(person, decision, "agree")
    closed(b, decision, "adopted")
    hidden_from(b, acme, decision, given)
    hidden_from(acme.owner, acme, decision, given)


def test_what_counts_can_not_be_hidden_for_ever(world):
    acme = world.organisation()
    source = acme.owner.get(f"{acme.path}/frameworks/consensus").json()["definition"] | {"key": "dark"}
    source["phases"][1]["inputs"][0]["hidden"] = "always"
    acme.owner.problem("POST", f"{acme.path}/frameworks", {"definition": source}, status=422, code="framework_invalid",
                       pointer="/definition/phases/1/inputs/0/hidden")
