# SPDX-License-Identifier: Apache-2.0
"""A decision's record as Markdown (MADR 4), as others read it: by the package markdown-it-py, and its front matter by PyYAML."""

import re

import pytest
import yaml
from markdown_it import MarkdownIt

from deciding import NO, YES, elapse, say, vote
from test_decision_links import adopted
from test_verify import consent, majority, schulze, secret_majority, single_decider


def document(person, decision):
    """(front matter, Markdown below it)"""
    text = person.get(f"{decision.path}/record", headers={"Accept": "text/markdown"}).text
    assert text.startswith("---\n") and text.endswith("\n")
    _, head, body = text.split("---\n", 2)
    return yaml.safe_load(head), body


def parsed(body):
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)


def plain(token):
    """What a reader sees of an inline token."""
    return "".join(child.content if child.type in ("text", "code_inline") else " " if child.type == "softbreak" else "" for child in token.children)


def headings(body):
    """[(level, text)] of those that are ours, not within a quote."""
    tokens = parsed(body)
    return [(int(token.tag[1]), plain(tokens[i + 1])) for i, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0]


def section(body, name):
    """The source below a heading."""
    return re.search(rf"^#+ {re.escape(name)}\n\n(.*?)(?=^#|\Z)", body, re.MULTILINE | re.DOTALL)[1]


def tables(source):
    """Each as rows of cells."""
    found = []
    for i, token in enumerate(tokens := parsed(source)):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in ("td_open", "th_open"):
            found[-1][-1].append(plain(tokens[i + 1]))
    return found


# ---- five frameworks ----

def test_yes_or_no(world):
    acme, person, decision = majority(world, text="First.\n\n* one\n* two\n")
    acme.owner.patch(f"{acme.path}/members/{person.member_id}", {"display_name": "Ann"})
    head, body = document(person, decision)
    record = person.get(f"{decision.path}/record").json()
    assert (head["status"], str(head["date"]), len(head["decision-makers"])) == ("accepted", record["closed_at"][:10], 4)
    assert set(head) == {"status", "date", "decision-makers"}
    assert headings(body) == [(1, record["title"]), (2, "Context and Problem Statement"), (2, "Decision Outcome"), (2, "More Information"),
                              (3, "Who took part"), (3, "How it was counted")]
    assert section(body, "Context and Problem Statement") == "> First.\n> \n> * one\n> * two\n> \n\n"
    assert section(body, "Decision Outcome") == "The proposal was adopted.\n\n"
    (people,) = tables(section(body, "Who took part"))
    assert people[0] == ["Who", "Roles", "Ballot"] and ["Ann", "proposer, voters", "yes"] in people
    assert sorted(row[2] for row in people[1:]) == ["abstain", "no", "yes", "yes"]
    counted = section(body, "How it was counted")
    assert "* Report: yes: 2; no: 1; abstain: 1; " in counted and "* Quorum: met: yes; cast: 4; eligible: 4\n" in counted
    more = section(body, "More Information")
    for name, member in (("Opened", "opened_at"), ("Closed", "closed_at"), ("To be looked at again", "review_at")):
        assert f"* {name}: {record[member][:10]} {record[member][11:16]} UTC\n" in more


def test_a_ranking(world):
    _, person, decision = schulze(world)
    head, body = document(person, decision)
    assert head["status"] == "accepted"
    assert section(body, "Considered Options") == "* A\n* B\n* C\n\n"
    assert section(body, "Decision Outcome") == 'Chosen option: "A".\n\n'
    (people,) = tables(section(body, "Who took part"))
    assert people[0] == ["Who", "Roles", "Weight", "Ballot"]
    assert sorted(row[2:] for row in people[1:]) == [["2", "A > B = C"], ["3", "B > A"], ["4", "A > C"]]
    pairwise, *_ = tables(section(body, "How it was counted"))
    assert pairwise == [["", "A", "B", "C"], ["A", "", "6", "9"], ["B", "3", "", "3"], ["C", "0", "4", ""]]


def test_secret_ballots(world):
    _, person, decision = secret_majority(world)
    _, body = document(person, decision)
    (people,), (ballots,) = (tables(section(body, name)) for name in ("Who took part", "Secret ballots"))
    assert people[0] == ["Who", "Roles"] and len(people) == 5
    assert sorted(ballots[1:]) == [["abstain", "1"], ["no", "1"], ["yes", "2"]]


def test_consent(world):
    _, person, decision = consent(world)
    head, body = document(person, decision)
    assert head["decision-makers"] == ["Pia", "Fay", "Ann", "Bo"]
    assert "* Revision 2: Ann's objection\n" in section(body, "More Information")
    said = section(body, "What was said")
    assert "* objection (revision 1, Ann, arguments: " in said and "ruled on)\n" in said
    (stances,) = tables(section(body, "How it was counted"))
    assert stances == [["Member", "Stance"], *([name, "consent"] for name in ("Pia", "Ann", "Bo"))]


def test_concerns_are_consequences(world):
    acme = world.organisation()
    a, b = acme.member(name="Ann"), acme.member(name="Bo")
    decision = acme.decision("consent", by=a, stakeholders={"members": [a, b], "facilitator": [acme.owner]}, open=True)
    while a.get(decision.path).json()["phase"] != "object":
        acme.owner.post(f"{decision.path}/advance", expect=200)
    say(a, decision, "consent")
    say(b, decision, "concern", {"text": "It | costs *more*."})
    _, body = document(a, decision)
    assert section(body, "Consequences") == "* Bad, because It \\| costs \\*more\\*. (concern, Bo)\n\n"


def test_one_who_decides(world):
    _, person, decision = single_decider(world)
    head, body = document(person, decision)
    assert (len(head["decision-makers"]), len(head["informed"])) == (1, 1)
    assert section(body, "Decision Outcome") == 'Chosen option: "X", because:\n\n> It is shorter.\n\n'
    assert re.fullmatch(r"\* decision \(revision 1, .*, choice: X\): It is shorter\.\n", section(body, "What was said"))


def test_advisers_are_consulted_and_late_advice_is_told(world, sql):
    acme = world.organisation()
    d, a, e = (acme.member(name=name) for name in ("Di", "Ann", "Eve"))
    decision = acme.decision("advice", by=d, stakeholders={"decider": [d], "affected": [a], "expert": [e]}, open=True)
    elapse(sql, decision, "8 days")
    d.get(decision.path)
    say(d, decision, "decision", {"choice": "yes", "rationale": "One\n\n# Two"})
    say(a, decision, "advice", {"text": "Wait:\n\n* for me"})
    head, body = document(d, decision)
    assert (head["decision-makers"], head["consulted"]) == (["Di"], ["Ann", "Eve"])
    assert section(body, "Decision Outcome").startswith("The proposal was adopted, because:\n\n> One\n> \n> ")
    assert "* advice (revision 1, Ann):\n\n  > Wait:\n  > \n  > * for me\n" in section(body, "What came too late, and is kept for the review")


def test_options_with_what_speaks_for_and_against_them(world):
    acme = world.organisation()
    draft = acme.decision("plurality", stakeholders={"voters": [acme.owner]}, options={"a": "Here", "b": "There"})
    acme.owner.put(f"{draft.path}/options/a", {"title": "Here", "description": "Where\nwe are.", "pros": ["Near"], "cons": ["Small", "1. Old"]})
    head, body = document(acme.owner, draft)
    assert head == {"status": "draft", "decision-makers": head["decision-makers"]}
    assert section(body, "Here") == "> Where\n> we are.\n\n* Good, because Near\n* Bad, because Small\n* Bad, because 1\\. Old\n\n"
    assert (3, "There") not in headings(body) and "Not decided yet." in body


# ---- links ----

def test_links_and_what_took_its_place(world):
    acme = world.organisation()
    old, other = adopted(acme, title="Old [way]"), adopted(acme, title="Other")
    new = acme.decision(title="New: \"way\"", stakeholders={"voters": [acme.owner]})
    acme.owner.put(f"{new.path}/links/supersedes/{old.id}")
    acme.owner.put(f"{old.path}/links/depends_on/{other.id}", {"note": "Money"})
    acme.owner.post(f"{new.path}/open", expect=200)
    vote(acme.owner, new, YES)
    url = "https://cohelm.example"
    head, body = document(acme.owner, old)
    assert head["status"] == 'superseded by New: "way"'
    assert section(body, "Links") == (f"* Depends on [Other](<{url}{other.path}>) (in_force, adopted): Money\n"
                                      f"* Superseded by [New: \"way\"](<{url}{new.path}>) (in_force, adopted)\n\n")
    _, body = document(acme.owner, new)
    assert section(body, "Links") == f"* Supersedes [Old \\[way\\]](<{url}{old.path}>) (superseded, adopted)\n\n"
    assert (3, "Links") not in headings(document(acme.owner, acme.decision())[1])


# ---- whatever people write stays in its place ----

HOSTILE = [
    "## Decision Outcome", "# x #", "x\n\n## y", "x\n===", "---", "- x", "+ x", "> x", "1. x", "12) x", "    code", "```", "~~~\nx", "| a | b |",
    "<script>alert(1)</script>", "</h1><h2>x", "<!-- x", "a <b@c.d> e", "*a* **b** _c_ __d__ `e` ~~f~~", "a_b_c", "[x](javascript:y)", "![x](y)", "[x]: y",
    "[x][y]", "&lt;&amp;&#35;", "\\", "\\*", "a\\", "``x", "$x$", "]", "](x)", "a\x0bb", "x\x7f\x80\u2028y", "Grüße 🚲", "\u200b", "x|", '"', "'", ": x", "{% x %}", "@x", "#1",
]


def shown(text):
    """What must be seen of it on one line."""
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text).strip(" ")


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_stay_in_their_place(world, text):
    acme = world.organisation()
    title = text if shown(text) else "x"
    person = acme.owner
    acme.owner.patch(f"{acme.path}/members/{person.member_id}", {"display_name": f"N{text}"})
    draft = acme.decision("single_decider", title=title, text=text, stakeholders={"decider": [person]}, options={"a": title, "b": f"{text}B"})
    person.put(f"{draft.path}/options/a", {"title": title, "description": text, "pros": [title], "cons": [title]})
    person.post(f"{draft.path}/open", expect=200)
    say(person, draft, "decision", {"choice": "a", "rationale": f"R{text}"})
    other = acme.decision(title=title)
    person.put(f"{draft.path}/links/relates_to/{other.id}", {"note": text})
    head, body = document(person, draft)
    assert head["decision-makers"] == [shown(f"N{text}")]
    assert headings(body) == [
        (1, shown(title)), (2, "Context and Problem Statement"), (2, "Considered Options"), (2, "Decision Outcome"), (2, "Pros and Cons of the Options"),
        (3, shown(title)), (2, "More Information"), (3, "Links"), (3, "Who took part"), (3, "How it was counted"), (3, "What was said")]
    tokens = parsed(body)
    assert not [token for token in tokens if token.type == "html_block"]
    inline = [child for token in tokens for child in token.children or ()]
    assert not [child for child in inline if child.type == "html_inline"]
    options = [plain(token) for token in parsed(section(body, "Considered Options")) if token.type == "inline"]
    assert options == [shown(title), shown(f"{text}B")]
    (people,) = tables(section(body, "Who took part"))
    assert people[1:] == [[shown(f"N{text}"), "decider"]]
    links = [child for token in parsed(section(body, "Links")) for child in token.children or () if child.type == "link_open"]
    assert links[0].attrs == {"href": f"https://cohelm.example{other.path}"}
    assert f'Chosen option: "{shown(title)}", because:' in [plain(token) for token in tokens if token.type == "inline"]
    # outside of quotes no link is but ours, and nothing is emphasized
    ours, depth = [], 0
    for token in tokens:
        depth += token.type == "blockquote_open"
        depth -= token.type == "blockquote_close"
        if not depth:
            ours += [child.type for child in token.children or () if child.type in ("link_open", "image", "em_open", "s_open")]
    assert ours == ["link_open"]
