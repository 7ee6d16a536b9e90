# SPDX-License-Identifier: Apache-2.0
"""Finding decisions by their words: title, text, outcome and rationale, as they are now, in all their forms, and only those one may see."""

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
    assert found(acme.owner, acme, "lease house or bicycles") == ["Bicycles", "A new office"]
    assert found(acme.owner, acme, "-lease") == ["Bicycles"] and found(acme.owner, acme, '-"old house"') == ["Bicycles"]
    assert found(acme.owner, acme, "lease or") == ["A new office"] and found(acme.owner, acme, "or") == []


FORMS = {  # the words of a text, what finds them, what does not
    "en": ("Decisions about leasing offices", ["decision", "leases", "leased", "office", "DECISIONS office ", '"decision about lease"'], ["decided ", "zoo office "]),
    "de": ("Größere Häuser für die Bäckereien", ["haus", "Hauses", "bäckerei", "groesser or baeckerei or größer", "BACKEREI", "grosser"], ["größten", "häusl "]),
    "fr": ("Les décisions déjà prisées à l'élève", ["décision", "decisions", "prisée", "eleves", "déja"], ["élu", "leve"]),
    "es": ("La reunión de los niños españoles", ["reunion", "reuniones", "niño", "espanol"], ["reunir ", "nini"]),
    "no": ("Møtene på Lillehammer", ["møte", "mote ", "lillehammers"], ["mo "]),
    "ru": ("Решение о переезде", ["решения", "переезд"], ["решать "]),
    "ja": ("決定 について", ["決定", "決 or 決定", "について"], ["定"]),  # no stemmer: words as they stand, and their beginnings
    "pl": ("Łódź decyzje", ["lodz", "łódź", "decyz"], ["decyzja "]),
}


@pytest.mark.parametrize("language", FORMS)
def test_forms_and_accents_in_the_language_of_the_organisation(world, language):
    acme = world.organisation(settings={"language": language} if language != "en" else {})
    text, hits, misses = FORMS[language]
    acme.decision(title="Title", text=text)
    acme.decision(title="Other", text="Something else")
    assert {q: found(acme.owner, acme, q) for q in hits} == dict.fromkeys(hits, ["Title"])
    assert {q: found(acme.owner, acme, q) for q in misses} == dict.fromkeys(misses, [])


@pytest.mark.parametrize("q, hits", [
    ("d", 1), ("decisi", 1), ("the decisi", 1), ("decisi about", 0), ("decisi* about", 1), ("deci* abo", 1), ("decisi ", 0), ("decisi.", 0), ("-decisi", 1),
    ('"decisi', 0), ("foo-ba", 1), ("th", 1), ("the", 1), ("they", 0), ("x or decisi", 1), ("ecision", 0), ("*", 0), ("ÉLÈ", 1), ("eleph", 1)])
def test_the_last_word_may_be_the_beginning_of_one(world, q, hits):
    acme = world.organisation()
    acme.decision(title="The decisions", text="about foo-bar and éléphants")
    assert len(found(acme.owner, acme, q)) == hits


def test_stop_words_are_not_looked_for_but_in_phrases(world):
    acme = world.organisation()
    acme.decision(title="To be or not to be")
    acme.decision(title="Being an office")
    assert found(acme.owner, acme, "the office ") == ["Being an office"]
    assert found(acme.owner, acme, "the ") == []
    assert found(acme.owner, acme, '"to be or"') == ["To be or not to be"] and found(acme.owner, acme, '"be to or"') == []


@pytest.mark.parametrize("text", ["æ" * 90000, "ab " * 33000, " ".join(f"{i:x}" for i in range(18000)), " ".join(chr(0x4E00 + i % 20000) + chr(0x3400 + i % 6000)
                                  + chr(0x4E00 + i // 7) for i in range(24900))])
def test_texts_as_long_as_they_may_be(world, text):
    """What PostgreSQL can make no index entry of would be a failure of the service's."""
    acme = world.organisation()
    acme.decision(title="Long", text=text[:100000])
    assert found(acme.owner, acme, "long") == ["Long"]


# ---- another language ----

def until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_another_language_is_brought_to_what_is_there(start_service, new_database):
    """By instances that work at it together; meanwhile words are found as they stand."""
    database = new_database()
    instances = [start_service(database.service_url, COHELM_SETTLE_SECONDS="1") for _ in range(2)]
    world = World(instances[0])
    acme, other = world.organisation(), world.organisation()
    for i in range(250):
        acme.decision(title=f"Number {i}", text="Die Häuser")
    rival = other.decision(title="Theirs", text="Die Häuser")
    assert found(acme.owner, acme, "haus ") == [] and len(found(acme.owner, acme, "häuser", limit=100)) == 250
    acme.owner.patch(acme.path, {"settings": {"language": "de"}})
    assert len(found(acme.owner, acme, "häuser ", limit=100)) == 250
    until(lambda: len(found(acme.owner, acme, "haus ", limit=100)) == 250)
    assert found(other.owner, other, "haus ") == []
    with psycopg.connect(database.owner_url, autocommit=True) as sql:
        until(lambda: sql.execute("select count(*) from setting_rollouts where organisation_id = %s", [acme.id]).fetchone()[0] == 0)
        sql.execute("update decisions set title = 'Changed unnoticed' where id = %s", [rival.id])
    acme.owner.patch(acme.path, {"settings": {"language": None}})
    until(lambda: found(acme.owner, acme, "haus ", limit=100) == [])
    assert found(other.owner, other, "unnoticed") == []  # nobody has touched it


def test_another_language_that_can_not_be_brought_there_keeps_no_others_waiting(start_service, new_database):
    database = new_database()
    world = World(start_service(database.service_url, COHELM_SETTLE_SECONDS="1"))
    acme, other = world.organisation(), world.organisation()
    for organisation in (acme, other):
        organisation.decision(title="One", text="Die Häuser")
    with psycopg.connect(database.owner_url) as sql:
        sql.execute("select from decisions where organisation_id = %s for update", [acme.id])  # held for longer than anybody waits
        for organisation in (acme, other):
            organisation.owner.patch(organisation.path, {"settings": {"language": "de"}})
        until(lambda: found(other.owner, other, "haus ") == ["One"])
        assert found(acme.owner, acme, "haus ") == []
        sql.rollback()
        sql.execute("update setting_rollouts set due_at = now()")
        sql.commit()
        until(lambda: found(acme.owner, acme, "haus ") == ["One"])


def test_what_was_indexed_by_an_earlier_version_is_found(world, sql):
    acme = world.organisation()
    decision = acme.decision(title="Old one", text="Words")
    other = world.organisation()
    sql.execute("update decision_search set document = array_to_tsvector(array['organisation ' || organisation_id]) || to_tsvector('simple', 'old words') "
                "where decision_id = %s", [decision.id])
    assert found(acme.owner, acme, "words old") == ["Old one"] and found(acme.owner, acme, "words -old") == found(acme.owner, acme, "word") == []
    assert found(other.owner, other, "words") == []
    sql.execute("insert into setting_rollouts (organisation_id, setting, due_at) values (%s, 'language', now())", [acme.id])
    until(lambda: found(acme.owner, acme, "word ") == ["Old one"])


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
    for q, hits in (("common", 50), ("rare", 50), ("number 4777 ", 1), ("absent", 0), ("common -rare", 50), ("rar", 50), ("c", 50), ("com* rar", 50),
                    ('"number 4777"', 1), ('"common rare"', 50), ("number 4777", 11), ("rare or absent", 50), ("-common", 1)):
        begun = time.monotonic()
        page = acme.owner.get(f"{acme.path}/decisions", params={"q": q}).json()
        assert time.monotonic() - begun < 2, q
        assert len(page["items"]) == hits
    assert len(acme.owner.pages(f"{acme.path}/decisions", q="rare", limit=60)) == 100
    assert len(acme.owner.pages(f"{acme.path}/decisions", q="rar", limit=60)) == 100
