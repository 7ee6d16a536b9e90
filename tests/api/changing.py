# SPDX-License-Identifier: Apache-2.0
"""What tests of change sets have in common: proposing, adopting, and what the structure is then."""

from deciding import YES, closed, vote


def change(operation, path=None, body=None, **more):
    return {"operation": operation, **({"path": path} if path else {}), **({"body": body} if body is not None else {}), **more}


def propose(person, decision, *changes, **more):
    return person.put(f"{decision.path}/changes", {"changes": list(changes), **more}).json()


def refuse(person, decision, *changes):
    problem = person.problem("PUT", f"{decision.path}/changes", {"changes": list(changes)}, status=422, code="changes_refused")
    return {(fault["pointer"], fault["code"]) for fault in problem["errors"]}


def read(person, decision):
    return person.get(f"{decision.path}/changes").json()


def draft(acme, by=None, voters=None, **fields):
    return acme.decision("majority", by=by, stakeholders={"voters": voters or [acme.owner]}, **fields)


def adopt(acme, decision, opener=None):
    """Opens it and votes; it closes with the only vote."""
    (opener or acme.owner).post(f"{decision.path}/open", expect=200)
    vote(acme.owner, decision, YES)
    closed(acme.owner, decision, "adopted")
    return read(acme.owner, decision)


def names(acme):
    return {team["name"] for team in acme.owner.pages(f"{acme.path}/teams")}
