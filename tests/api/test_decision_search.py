# SPDX-License-Identifier: Apache-2.0
"""Finding decisions by their words: title, text, outcome and rationale, as they are now, and only those one may see."""

import time

import psycopg
import pytest

from deciding import YES, say, vote
from world import World


def found(person, acme, q, **filters):
    return [item["title"] for item in person.pages(f"{acme.path}/decisions", q=q, **filters)]


def test_by_words_of_title_and_text(world):
    acme = world.organisation()
    acme.decision(title="A new office", text="The lease of the **old house** ends in June. Größe: 300 m².")
    acme.decision(title="Bicycles", text="Everybody gets one, in the office too.")
    assert found(acme.owner, acme, "office") == ["Bicycles", "A new office"]
    assert found(acme.owner, acme, "OFFICE lease") == ["A new office"]
    assert found(acme.owner, acme, '"old house"') == ["A new office"] and found(acme.owner, acme, '"house old"') == []
    assert found(acme.owner, acme, "größe") == ["A new office"]
    assert found(acme.owner, acme, "office -lease") == ["Bicycles"]
    assert found(acme.owner, acme, "june or everybody") == ["Bicycles", "A new office"]
    assert found(acme.owner, acme, "offic") == []


@pytest.mark.parametrize("q", ["!!!", "'", "& |", ":*", "\\", "%", "organisation", '"', "()", "a:b & !c <-> d"])
def test_what_holds_no_word_or_looks_like_a_query_does_no_harm(world, q):
    acme = world.organisation()
    acme.decision()
    assert found(acme.owner, acme, q) == []


def test_follows_changes_and_revisions(world):
    acme = world.organisation()
    p = acme.member()
    decision = acme.decision("consent", by=p, title="First", text="apples", stakeholders={"members": [p], "facilitator": [acme.owner]})
    assert found(p, acme, "apples") == ["First"]
    p.patch(decision.path, {"title": "Second", "text": "pears"})
    assert (found(p, acme, "apples"), found(p, acme, "pears second")) == ([], ["Second"])
    p.post(f"{decision.path}/open")
    p.post(f"{decision.path}/revisions", {"text": "plums"})
    assert (found(p, acme, "pears"), found(p, acme, "plums second")) == ([], ["Second"])
    p.post(f"{decision.path}/revisions", {"title": "Third"})
    assert (found(p, acme, "second"), found(p, acme, "plums third")) == ([], ["Third"])
    p.post(f"{decision.path}/withdraw", {"rationale": "Frost came."}, expect=200)
    assert found(p, acme, "plums frost withdrawn") == ["Third"]


def test_by_outcome_and_rationale(world):
    acme = world.organisation()
    decision = acme.decision("single_decider", stakeholders={"decider": [acme.owner]}, options={"a": "A", "b": "B"}, open=True, title="One")
    say(acme.owner, decision, "decision", {"choice": "a", "rationale": "It was the cheaper one."})
    other = acme.decision(title="Two", stakeholders={"voters": [acme.owner]}, open=True)
    vote(acme.owner, other, YES)
    assert found(acme.owner, acme, "cheaper") == found(acme.owner, acme, "adopted cheaper") == ["One"]
    assert found(acme.owner, acme, "adopted") == ["Two", "One"]
    assert found(acme.owner, acme, "rejected") == []


def test_pages_filters_and_orders_hold(world):
    acme = world.organisation()
    team = acme.team()
    titles = [f"Title {i}" for i in range(7)]
    for i, title in enumerate(titles):
        acme.decision(title=title, text="needle", due_at=f"2040-01-0{9 - i}T00:00:00Z", **({"team_id": team.id} if i % 2 else {}))
        acme.decision(text="hay")
    assert found(acme.owner, acme, "needle", limit=2) == titles[::-1]
    assert found(acme.owner, acme, "needle", limit=2, sort="due_at") == titles[::-1]
    assert found(acme.owner, acme, "needle", team_id=team.id) == titles[5::-2]
    counted = acme.owner.get(f"{acme.path}/decisions", params={"q": "needle", "limit": 1}, headers={"Prefer": "count=exact"})
    assert counted.json()["count"] == 7


def test_shows_only_what_one_may_see(world):
    acme, other = world.organisation(), world.organisation()
    inside, outside = acme.member(), acme.member()
    team = acme.team(members=[inside], visibility="private")
    acme.decision(by=inside, title="Hidden", text="needle", team_id=team.id)
    other.decision(title="Elsewhere", text=f"needle organisation {acme.id}")
    assert found(outside, acme, "needle") == []
    assert found(inside, acme, "needle") == found(acme.owner, acme, "needle") == ["Hidden"]
    assert found(acme.owner, acme, other.id) == []
    assert found(other.owner, other, "needle") == ["Elsewhere"]


def test_bounded_with_a_hundred_thousand_decisions(start_service, new_database):
    """Rare, common and absent words; the bound is generous, since the machine may be busy."""
    database = new_database()
    acme = World(start_service(database.service_url)).organisation()
    one = acme.decision()
    with psycopg.connect(database.owner_url, autocommit=True) as sql:
        (index,) = sql.execute("select indexdef from pg_indexes where indexname = 'decision_search_document_idx'").fetchone()
        sql.execute("drop index decision_search_document_idx")  # made anew below, which is faster than row by row
        sql.execute("""
            with made as (
                insert into decisions (organisation_id, id, title, proposer_id, framework_id, framework_version)
                select organisation_id, ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'Number ' || i, proposer_id,
                    framework_id, 1
                from decisions cross join generate_series(1, 100000) i where id = %s
                returning *
            )
            insert into decision_search (organisation_id, decision_id, document)
            select organisation_id, id, search_document(organisation_id, title, 'common ' || case when title like '%%777' then 'rare' else '' end,
                null, null)
            from made""", [one.id])
        sql.execute(index)
        sql.execute("analyze decisions, decision_search")
    for q, hits in (("common", 50), ("rare", 50), ("number 4777", 1), ("absent", 0), ("common -rare", 50)):
        begun = time.monotonic()
        page = acme.owner.get(f"{acme.path}/decisions", params={"q": q}).json()
        assert time.monotonic() - begun < 2
        assert len(page["items"]) == hits
    assert len(acme.owner.pages(f"{acme.path}/decisions", q="rare", limit=60)) == 100
