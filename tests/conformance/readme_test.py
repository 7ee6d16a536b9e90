# SPDX-License-Identifier: Apache-2.0
"""Pastes the curl walk of README.md into a shell, as a new user would, and looks at what comes out.

Environment: that of beside_service.py. Only where the service is, its key and the program differ from what the README says."""

import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).parents[2]


def pasted():
    """The shell blocks of the README that use curl, for this service."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    text = "\n".join(block for block in blocks if "curl" in block)
    for said, here in (("http://127.0.0.1:8080", os.environ["COHELM_URL"]), ("var/run/key.pem", os.environ["COHELM_KEY_FILE"]),
                       ("build/cohelm", os.environ["COHELM"])):
        assert said in text, f"the README does not say {said} any more"
        text = text.replace(said, here)
    return text


def documents(output):
    """What was printed, in order: JSON values, and the one text among them."""
    found, decoder = [], json.JSONDecoder()
    while output := output.strip():
        try:
            value, end = decoder.raw_decode(output)
        except json.JSONDecodeError:
            end = output.rindex("\n{\n")
            value = output[:end]
        found.append(value)
        output = output[end:]
    return found


def main():
    run = subprocess.run(["bash"], input=pasted(), cwd=ROOT, capture_output=True, text=True, timeout=120)
    print(run.stdout)
    assert not run.stderr, run.stderr
    organisation, invited, joined, opened, waiting, jonas, maria, outcome, record, status = documents(run.stdout)
    assert organisation["governance_mode"] == "open"
    assert invited == {"status": "invited", "role": "member"}
    assert joined == {"status": "active"}
    assert (opened["status"], opened["phase"]) == ("open", "vote")
    assert waiting == {"title": "Move to four-day weeks", "phase": "vote"}
    assert jonas == maria == {"choice": "yes"}
    assert outcome["outcome"] == "adopted" and outcome["closed_at"]
    assert "Move to four-day weeks" in record and "From March on we work Monday to Thursday." in record
    assert re.search(r"\nverified\nsigned by \S+ on \S+Z$", record)
    assert (status["status"], status["adopted"]) == ("in_force", True)


if __name__ == "__main__":
    main()
