# SPDX-License-Identifier: Apache-2.0
"""The binary's commands that need no running service."""

import json

DATA = "tests/unit/data/"


def test_help_names_every_command_and_setting(service):
    text = service.command("--help").stdout
    for word in ("serve", "migrate", "token", "tally", "check", "DATABASE_URL", "COHELM_KEY_FILE", "COHELM_ISSUERS_FILE"):
        assert word in text


def test_an_unknown_command_is_refused(service):
    answer = service.command("sevre", check=False)
    assert answer.returncode == 2
    assert "sevre" in answer.stderr and "--help" in answer.stderr


def test_tally_of_a_json_file(service, tmp_path):
    """The capital of Tennessee, the textbook's example: Nashville is the Condorcet winner."""
    path = tmp_path / "tennessee.json"
    path.write_text(json.dumps({
        "method": "schulze", "options": ["Memphis", "Nashville", "Chattanooga", "Knoxville"],
        "ballots": [{"count": 42, "ranking": [["Memphis"], ["Nashville"], ["Chattanooga"], ["Knoxville"]]},
                    {"count": 26, "ranking": [["Nashville"], ["Chattanooga"], ["Knoxville"], ["Memphis"]]},
                    {"count": 15, "ranking": [["Chattanooga"], ["Knoxville"], ["Nashville"], ["Memphis"]]},
                    {"count": 17, "ranking": [["Knoxville"], ["Chattanooga"], ["Nashville"], ["Memphis"]]}]}))
    result = json.loads(service.command("tally", str(path)).stdout)
    assert result["outcome"] == "adopted"
    assert result["winners"] == ["Nashville"]
    assert result["ranking"] == [["Nashville"], ["Chattanooga"], ["Knoxville"], ["Memphis"]]


def test_tally_by_another_method(service, tmp_path):
    path = tmp_path / "tennessee.json"
    path.write_text(json.dumps({
        "method": "schulze", "options": ["A", "B"], "ballots": [{"count": 2, "ranking": [["B"], ["A"]]}, {"ranking": [["A"]]}]}))
    result = json.loads(service.command("tally", "--method", "borda", str(path)).stdout)
    assert result["method"] == "borda"
    assert result["winners"] == ["B"]


def test_tally_lists_every_fault(service, tmp_path):
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps({"method": "schulze", "options": ["A", "A"], "ballots": [{"ranking": [["C"]]}], "config": {"x": 1}}))
    answer = service.command("tally", str(path), check=False)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "/config/x" in answer.stderr and "/ballots/0" in answer.stderr and "/options/1" in answer.stderr


def test_tally_of_a_file_that_is_not_there(service):
    answer = service.command("tally", "no/such.blt", check=False)
    assert answer.returncode == 1
    assert "no/such.blt" in answer.stderr


def test_token_refuses_what_it_does_not_know(service):
    answer = service.command("token", "--subjekt", "maria", check=False)
    assert answer.returncode == 1
    assert "--subject" in answer.stderr
    assert service.command("token", "--subject", "maria", "--ttl", "soon", check=False).returncode == 1


def test_check_says_that_the_configuration_is_valid(service):
    assert "valid" in service.command("check").stdout


def test_check_names_what_is_wrong(service):
    answer = service.command("check", check=False, COHELM_WORKERS="many")
    assert answer.returncode == 1
    assert "COHELM_WORKERS" in answer.stderr and "many" in answer.stderr
