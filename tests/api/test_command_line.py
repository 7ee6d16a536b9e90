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


BLT = '3 2\n4 1 2 0\n3 2 3 0\n2 3 0\n0\n"Ann"\n"Bob"\n"Cy"\n"Board"\n'


def test_tally_takes_what_the_file_leaves_open(service, tmp_path):
    path = tmp_path / "board.txt"  # the text tells that it is BLT
    path.write_text(BLT)
    result = json.loads(service.command("tally", str(path)).stdout)
    assert (result["method"], result["winners"]) == ("stv", ["Ann", "Bob"])
    result = json.loads(service.command("tally", "--method", "schulze", "--seats", "1", "--electorate", "12", "--config",
                                        '{"quorum": [9, 12]}', "--format", "blt", str(path)).stdout)
    assert result["quorum"] == {"met": True, "cast": 9, "eligible": 12} and len(result["winners"]) == 1


def test_tally_of_standard_input(service):
    answer = service.tally("-", input=BLT)
    assert answer.returncode == 0 and json.loads(answer.stdout)["winners"] == ["Ann", "Bob"]
    answer = service.tally("--format", "json", "-", input="")
    assert (answer.returncode, answer.stdout) == (1, "") and "-:  format" not in answer.stderr and "format" in answer.stderr


def test_tally_names_the_line_of_every_bad_ballot(service, tmp_path):
    path = tmp_path / "board.blt"
    path.write_text(BLT.replace("3 2 3 0", "3 2 4 0").replace("2 3 0\n0", "2 3 3 0\n0"))
    answer = service.command("tally", str(path), check=False)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert [line.split(": ")[2] for line in answer.stderr.splitlines()] == [
        "line/3 ballot_unknown_option", "line/4 ranking_duplicate_option"]


def test_tally_as_a_report(service, tmp_path):
    path = tmp_path / "board.blt"
    path.write_text(BLT)
    report = service.command("tally", "--report", str(path)).stdout
    assert "winners           Ann, Bob\n" in report and "quota             4\n" in report
    assert "round 1\n  Ann           4.00000\n" in report and "  elected: Ann\n" in report
    report = service.command("tally", "--report", "--method", "copeland", str(path)).stdout
    assert "  1Ann" not in report and "pairwise (row over column)" in report


def test_tally_says_how_it_is_called(service, tmp_path):
    path = tmp_path / "board.blt"
    path.write_text(BLT)
    for wrong in ([], ["--methd", "irv", str(path)], ["--method", str(path)], [str(path), "--report"], ["--report"]):
        answer = service.command("tally", *wrong, check=False)
        assert answer.returncode == 1 and "usage: cohelm tally" in answer.stderr, wrong
    for wrong, word in ((["--seats", "two"], "--seats"), (["--seats", "0"], "--seats"), (["--electorate", "-3"], "--electorate"),
                        (["--config", "{"], "--config"), (["--format", "xls"], "formats"), (["--method", "coin"], "/method enum")):
        answer = service.command("tally", *wrong, str(path), check=False)
        assert answer.returncode == 1 and word in answer.stderr, wrong


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
    answer = service.command("check", check=False, COHELM_DB_CONNECTIONS="many")
    assert answer.returncode == 1
    assert "COHELM_DB_CONNECTIONS" in answer.stderr and "many" in answer.stderr
