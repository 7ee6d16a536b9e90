# SPDX-License-Identifier: Apache-2.0
"""The difference between revisions: applied to the one it gives the other, and it changes no more lines than GNU diff needs."""

import random
import re
import subprocess

TEXTS = [
    "", "\n", "One line", "One line\n", "a\nb\nc\n", "c\nb\na", "a\r\nb\r\nc\r\n", "- not a removal\n+ not an addition\n@@ -1 +1 @@\n\\ no end",
    "größer\n\n\n\ttab \u2028 and \u0007 bell\n", "\n".join(str(i) for i in range(60)), "\n".join(str(i) for i in range(60) if i not in (3, 30, 34, 59)),
]


def random_text(seed):
    chance = random.Random(seed)
    lines = [chance.choice("abcdef") for _ in range(chance.randrange(40))]
    return "\n".join(lines) + chance.choice(["", "\n"])


def revised(world):
    """A decision whose revisions have the texts TEXTS and random ones."""
    acme = world.organisation()
    texts = TEXTS + [random_text(seed) for seed in range(6)]
    decision = acme.decision("consent", text=texts[0], stakeholders={"members": [acme.owner], "facilitator": [acme.owner]}, open=True)
    for text in texts[1:]:
        acme.owner.post(f"{decision.path}/revisions", {"text": text})
    return acme.owner, decision, texts


def lines_of(text):
    """Lines with their ends; only a line feed ends one."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def apply(text, hunks):
    """Strict about places, counts and context."""
    old, new, at = lines_of(text), [], 0
    for hunk in hunks:
        start = hunk["from_start"] - (hunk["from_count"] > 0)
        assert start >= at
        new += old[at:start]
        at = start
        assert len(new) == hunk["to_start"] - (hunk["to_count"] > 0)
        took, gave = at, len(new)
        for i, line in enumerate(hunk["lines"]):
            if line.startswith("\\"):
                assert line == "\\ No newline at end of file"
                continue
            ended = not (i + 1 < len(hunk["lines"]) and hunk["lines"][i + 1].startswith("\\"))
            content = line[1:] + ("\n" if ended else "")
            if line[0] in " -":
                assert old[at] == content
                at += 1
            if line[0] in " +":
                new.append(content)
        assert (at - took, len(new) - gave) == (hunk["from_count"], hunk["to_count"])
    return "".join(new + old[at:])


def changes(lines):
    return sum(line[:1] in ("-", "+") for line in lines)


def gnu_diff(directory, one, other):
    for name, text in (("one", one), ("other", other)):
        (directory / name).write_bytes(text.encode())
    printed = subprocess.run(["diff", "-au", "--minimal", "one", "other"], cwd=directory, capture_output=True).stdout.decode()
    return [line for line in printed.split("\n")[2:]]


def test_every_revision_against_every_other(world, tmp_path):
    person, decision, texts = revised(world)
    for to, text in enumerate(texts, 1):
        for number, earlier in enumerate(["", *texts]):
            found = person.get(f"{decision.path}/revisions/{to}/diff", params={"from": number}).json()
            assert (found["from"]["number"], found["to"]["number"]) == (number, to)
            assert apply(earlier, found["hunks"]) == text
            ours = [line for hunk in found["hunks"] for line in hunk["lines"]]
            assert changes(ours) == changes(gnu_diff(tmp_path, earlier, text))


def hunks_of(unified):
    """The hunks of the unified format, as the JSON form has them."""
    hunks = []
    for line in unified.split("\n")[2:-1]:
        place = re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line)
        open_hunk = hunks and (changes_left(hunks[-1]) or line.startswith("\\"))
        if place and not open_hunk:
            numbers = [1 if n is None else int(n) for n in place.groups()]
            hunks.append(dict(zip(("from_start", "from_count", "to_start", "to_count"), numbers)) | {"lines": []})
        else:
            hunks[-1]["lines"].append(line)
    return hunks


def changes_left(hunk):
    lines = [line[0] for line in hunk["lines"]]
    return lines.count(" ") + lines.count("-") < hunk["from_count"] or lines.count(" ") + lines.count("+") < hunk["to_count"]


def test_as_text__says_the_same(world):
    person, decision, texts = revised(world)
    for number in range(2, len(texts) + 1):
        path = f"{decision.path}/revisions/{number}/diff"
        answer = person.get(path, headers={"Accept": "text/plain"})
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert hunks_of(answer.text) == person.get(path).json()["hunks"]
        assert answer.text.split("\n")[:2] == [f"--- revision/{number - 1}\t{decision['title']}", f"+++ revision/{number}\t{decision['title']}"]


def test_titles_and_drafts(world):
    acme = world.organisation()
    decision = acme.decision("consent", title="One\nline", text="Old", stakeholders={"members": [acme.owner], "facilitator": [acme.owner]})
    first = acme.owner.get(f"{decision.path}/revisions/1/diff")
    assert first.json()["from"] == {"number": 0, "title": None} and first.json()["hunks"][0]["lines"][0] == "+Old"
    acme.owner.patch(decision.path, {"text": "Newer"})
    again = acme.owner.get(f"{decision.path}/revisions/1/diff", headers={"If-None-Match": first.headers["etag"]})
    assert again.json()["hunks"][0]["lines"][0] == "+Newer"
    acme.owner.post(f"{decision.path}/open")
    acme.owner.post(f"{decision.path}/revisions", {"title": "Two"})
    found = acme.owner.get(f"{decision.path}/revisions/2/diff").json()
    assert (found["from"]["title"], found["to"]["title"], found["hunks"]) == ("One\nline", "Two", [])
    plain = acme.owner.get(f"{decision.path}/revisions/2/diff", headers={"Accept": "text/plain"})
    assert plain.text == "--- revision/1\tOne line\n+++ revision/2\tTwo\n"


def test_what_is_not_there(world):
    acme = world.organisation()
    inside = acme.member()
    team = acme.team(members=[inside], visibility="private")
    decision = acme.decision(by=inside, team_id=team.id)
    inside.problem("GET", f"{decision.path}/revisions/1/diff?from=2", status=404, code="not_found")
    inside.problem("GET", f"{decision.path}/revisions/2/diff", status=404, code="not_found")
    inside.problem("GET", f"{decision.path}/revisions/1/diff?from=-1", status=400, code="invalid_parameter", pointer="query/from")
    acme.member().problem("GET", f"{decision.path}/revisions/1/diff", status=404, code="not_found")
