# SPDX-License-Identifier: Apache-2.0
"""The calendar of a person, as the package icalendar reads it: deadlines, reviews, and the secret address."""

import datetime
import re

import icalendar
import psycopg
import pytest

from deciding import YES, vote
from world import World

NOBODY = "chm_nobodyhasthisone"


def check(answer):
    """What holds for the text of every calendar; returns its parsed form."""
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.text.endswith("END:VCALENDAR\r\n") and "\n" not in answer.text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))
    calendar = icalendar.Calendar.from_ical(answer.text)
    assert (calendar["version"], calendar["calscale"]) == ("2.0", "GREGORIAN") and calendar["prodid"]
    assert not calendar.errors and calendar.subcomponents
    for event in calendar.walk("VEVENT"):
        assert not event.errors
        assert all(len(event.getall(name) if hasattr(event, "getall") else [event[name]]) == 1 for name in ("uid", "dtstamp", "dtstart"))
        assert event.start.tzinfo == event["dtstamp"].dt.tzinfo == datetime.timezone.utc or event.start.utcoffset() == datetime.timedelta(0)
    assert len({event["uid"] for event in calendar.walk("VEVENT")}) == len(calendar.walk("VEVENT"))
    return calendar


def entries(person, **params):
    return check(person.get("/v1/me/calendar", params=params)).walk("VEVENT")


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(microsecond=0)


def test_deadlines_and_reviews(world):
    acme = world.organisation(name="Acme; Inc., \\ & Sons")
    voter, outsider = acme.member(), acme.member()
    title = "Größe, Farbe; oder: \"beides\"?\nBEGIN:VEVENT\\ " + "ü" * 100
    decision = acme.decision(title=title, stakeholders={"voters": [voter]}, open=True)
    acme.decision(stakeholders={"voters": [voter]})  # a draft has no time yet
    assert entries(outsider) == []
    (event,) = entries(voter)
    read = voter.get(decision.path).json()
    assert event.start == instant(read["phase_due_at"])
    assert event["dtstamp"].dt == instant(read["updated_at"])
    assert (event["uid"], event["sequence"]) == (f"{decision.id}.deadline@cohelm.example", read["version"])
    assert event["summary"] == f"{title}: vote ends"
    assert event["url"] == f"https://cohelm.example{decision.path}"
    assert event["description"].startswith(acme["name"])
    assert [str(category) for category in event["categories"].cats] == [acme["name"]]
    vote(voter, decision, YES)
    (event,) = entries(voter)
    read = voter.get(decision.path).json()
    assert (event["uid"], event.start) == (f"{decision.id}.review@cohelm.example", instant(read["review_at"]))
    assert entries(acme.owner)[0]["uid"] == event["uid"]  # the proposer's too
    acme.owner.post(f"{decision.path}/review", {"review_at": "2040-02-29T00:00:00Z"}, expect=200)
    (moved,) = entries(voter)
    assert (moved["uid"], moved.start) == (event["uid"], datetime.datetime(2040, 2, 29, tzinfo=datetime.timezone.utc))
    assert moved["sequence"] > event["sequence"] and moved["dtstamp"].dt >= event["dtstamp"].dt
    acme.owner.post(f"{decision.path}/review", {"verdict": "retired"}, expect=200)
    assert entries(voter) == []


def test_all_organisations_or_one(world):
    person = world.person()
    made = []
    for days in (3, 1, 2):
        acme = world.organisation()
        acme.add(person)
        made.append((acme, acme.decision(stakeholders={"voters": [person]}, configuration={"phases": {"vote": {"duration": f"P{days}D"}}},
                                         open=True)))
    assert [event["uid"].split(".")[0] for event in entries(person)] == [made[i][1].id for i in (1, 2, 0)]
    assert [event["uid"].split(".")[0] for event in entries(person, organisation_id=made[2][0].id)] == [made[2][1].id]
    pinned = world.service.client(person.subject, organisation=made[0][0].id)
    for params in ({}, {"organisation_id": made[0][0].id.upper()}):
        assert [event["uid"].split(".")[0] for event in entries(pinned, **params)] == [made[0][1].id]
    assert entries(pinned, organisation_id=made[1][0].id) == []
    narrow = world.service.client(person.subject, scope="team.read")
    narrow.problem("GET", "/v1/me/calendar", status=403, code="insufficient_scope")
    made[0][0].owner.patch(f"{made[0][0].path}/members/{made[0][0].member_id(person)}", {"status": "suspended"})
    assert len(entries(person)) == 2


def test_the_etag_stays_while_nothing_changes(world):
    acme = world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, open=True)
    first = acme.owner.get("/v1/me/calendar")
    acme.owner.get("/v1/me/calendar", headers={"If-None-Match": first.headers["etag"]}, expect=304)
    acme.owner.post(f"{decision.path}/withdraw", expect=200)
    acme.owner.get("/v1/me/calendar", headers={"If-None-Match": first.headers["etag"]}, expect=200)


def test_at_most_a_thousand_the_nearest_first(world, sql):
    acme = world.organisation()
    one = acme.decision(stakeholders={"voters": [acme.owner]}, open=True)
    sql.execute("""
        insert into decisions (organisation_id, id, title, proposer_id, framework_id, framework_version, definition, status, phase,
            phase_due_at, opened_at, phase_started_at)
        select organisation_id, gen_random_uuid(), 'Number ' || i, proposer_id, framework_id, framework_version, definition, status, phase,
            phase_due_at + i * interval '1 minute', opened_at, phase_started_at
        from decisions cross join generate_series(1, 1200) i where id = %s""", [one.id])
    found = entries(acme.owner)
    assert [event["summary"] for event in found[1:]] == [f"Number {i}: vote ends" for i in range(1, 1000)]


# ---- whatever people write stays in its place ----

TEXTS = ["a\\nb", "\\", "\\\\n", ";,:\"'", "a;b,c\\;d\\,e", "\n", "a\r\n b", "x\rEND:VEVENT\rBEGIN:VEVENT", "x\r\n\r\nBEGIN:VALARM", " lead", "trail ", "\ttab\t",
         "a\x01\x0b\x0c\x1c\x1d\x1eb", "a\x7fb", "a\u0085b", "a\u2028b\u2029c", "\ufeffx", "e\u0301" * 60, "👩‍👩‍👧‍👦" * 20, "🇩🇪" * 30, "ש" * 100 + "\u202e", "^n^^^'", "%0A", "&amp;",
         "\U0010ffff" * 40, "A" * 200, ",;" * 100, "\\" * 100, "é" * 33 + "," * 40, "\n" * 100]


def read_as(text):
    """What RFC 5545 lets stand in a text: of control characters the tab and line ends (section 3.3.11)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f]", " ", lines).replace("\x7f", "")


def test_titles_and_names_of_any_kind(world):
    person = world.person()
    given = {}
    for number, text in enumerate(TEXTS):
        acme = world.organisation(name=f"N{text}"[:200])
        acme.add(person)
        decision = acme.decision(title=f"{number} {text}"[:200], stakeholders={"voters": [person]}, open=True)
        given[decision.id] = (acme["name"], decision["title"])
    found = {event["uid"].split(".")[0]: event for event in entries(person)}
    assert set(found) == set(given)
    for id, (name, title) in given.items():
        assert found[id]["summary"] == f"{read_as(title)}: vote ends"
        assert found[id]["description"] == f"{read_as(name)}: the phase vote of this decision ends."
        assert [str(category) for category in found[id]["categories"].cats] == [read_as(name)]


def test_characters_of_any_length_at_the_end_of_a_line(world):
    """Folded at each place of a character (section 3.1), and read again as they were."""
    acme = world.organisation()
    titles = ["x" * lead + character * 100 for character in "é€🚲,\n" for lead in range(5)]
    for title in titles:
        acme.decision(title=title, stakeholders={"voters": [acme.owner]}, open=True)
    assert sorted(event["summary"] for event in entries(acme.owner)) == sorted(f"{title}: vote ends" for title in titles)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati"])
def test_times_are_in_utc_whatever_the_database_thinks(start_service, new_database, zone):
    """Also where the clock there is changed in between, and a day ends at another time."""
    database = new_database()
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute(f"alter database \"{connection.info.dbname}\" set timezone to '{zone}'")
    world = World(start_service(database_url=database.service_url))
    acme = world.organisation()
    for at in ("2030-03-10T07:00:00Z", "2030-10-27T00:30:00Z", "2031-12-31T23:59:59Z", "9999-12-31T00:00:00Z"):
        decision = acme.decision(stakeholders={"voters": [acme.owner]}, open=True)
        vote(acme.owner, decision, YES)
        acme.owner.post(f"{decision.path}/review", {"review_at": at}, expect=200)
        (event,) = [event for event in entries(acme.owner) if event["uid"].startswith(decision.id)]
        assert event.start == instant(at) == instant(acme.owner.get(decision.path).json()["review_at"])
        assert event["dtstamp"].dt == instant(acme.owner.get(decision.path).json()["updated_at"])


# ---- the secret address ----

def test_feed__one_address_shown_once(world, anonymous, sql):
    acme = world.organisation()
    person = acme.member()
    acme.decision(stakeholders={"voters": [person]}, open=True)
    person.problem("GET", "/v1/me/calendar/feed", status=404, code="not_found")
    person.problem("DELETE", "/v1/me/calendar/feed", status=404, code="not_found")
    answer = person.post("/v1/me/calendar/feed", expect=201)
    url = answer.json()["url"]
    assert re.fullmatch(r"https://cohelm\.example/v1/calendars/chm_[A-Za-z0-9_-]{51}", url)
    assert answer.headers["cache-control"] == "no-store"
    read = person.get("/v1/me/calendar/feed").json()
    assert read == {"created_at": answer.json()["created_at"]}
    assert check(anonymous.get(url)).to_ical() == check(person.get("/v1/me/calendar")).to_ical()
    secret = url.rsplit("/", 1)[1]
    stored = sql.execute("select f::text from calendar_feeds f").fetchall()
    assert stored and not [row for (row,) in stored if secret in row or secret[4:47] in row]
    again = person.post("/v1/me/calendar/feed", expect=201).json()["url"]
    anonymous.get(url, expect=404)
    anonymous.get(again)
    person.delete("/v1/me/calendar/feed")
    anonymous.problem("GET", again, status=404, code="not_found")
    anonymous.problem("GET", f"/v1/calendars/{NOBODY}", status=404, code="not_found")


def test_feed__follows_what_the_person_may_see(world, anonymous):
    acme = world.organisation()
    person = acme.member()
    acme.decision(stakeholders={"voters": [person]}, open=True)
    url = person.post("/v1/me/calendar/feed").json()["url"]
    assert len(check(anonymous.get(url)).walk("VEVENT")) == 1
    acme.owner.delete(f"{acme.path}/members/{person.member_id}")
    assert check(anonymous.get(url)).walk("VEVENT") == []


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_feed__is_not_for_tokens_of_one_organisation(world, method):
    acme = world.organisation()
    person = acme.member()
    url = person.post("/v1/me/calendar/feed").json()["url"]
    pinned = world.service.client(person.subject, organisation=acme.id)
    pinned.problem(method, "/v1/me/calendar/feed", status=403, code="token_pinned")
    world.service.anonymous().get(url)


def test_feed__is_in_no_log(world, service):
    person = world.person()
    url = person.post("/v1/me/calendar/feed").json()["url"]
    service.anonymous().get(url)
    assert url.rsplit("/", 1)[1] not in service.log()
