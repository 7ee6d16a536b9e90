# SPDX-License-Identifier: Apache-2.0
"""The walk of README.md with the client that openapi-python-client makes of the document (on the path as `cohelm_client`).

Environment: COHELM_URL, MARIA and JONAS (access tokens)."""

import os

from cohelm_client import AuthenticatedClient, Client, models
from cohelm_client.api.decisions import ballot_put, decision_create, decision_open, decision_record_get, decision_status_get, outcome_get
from cohelm_client.api.me import inbox_list, me_invitation_accept, me_invitation_list
from cohelm_client.api.members import member_create, member_list
from cohelm_client.api.organisations import organisation_create
from cohelm_client.api.service import oauth_token
from cohelm_client.api.service_accounts import service_account_create, service_account_secret_create
from cohelm_client.api.teams import team_create, team_delete

URL = os.environ["COHELM_URL"]


def signed_in(token):
    return AuthenticatedClient(base_url=URL, token=token)


def answered(call, *arguments, **options):
    """What an operation answers, as an object of the generated models; a problem ends the walk."""
    answer = call.sync_detailed(*arguments, **options)
    assert answer.status_code < 300, f"{call.__name__}: {answer.status_code} {answer.content.decode()}"
    return answer.parsed


maria, jonas = signed_in(os.environ["MARIA"]), signed_in(os.environ["JONAS"])

# An organisation, and Jonas invited into it
handle = f"acme-py-{os.getpid()}"
organisation = answered(organisation_create, client=maria, body=models.OrganisationCreate(handle=handle, name="Acme Cooperative"))
assert organisation.handle == handle
invited = answered(member_create, handle, client=maria, body=models.MemberCreate(email="jonas@example.org", role="member"))
assert (invited.status, invited.role) == (models.MemberStatus.INVITED, "member")
invitation = next(item for item in answered(me_invitation_list, client=jonas).items if item.organisation_handle == handle)
assert answered(me_invitation_accept, invitation.id, client=jonas).status == models.MembershipStatus.ACTIVE

# A team, and a decision that both vote on
team = answered(team_create, handle, client=maria, body=models.TeamCreate(name="Platform", kind=models.TeamKind.CIRCLE))
people = answered(member_list, handle, client=maria, status=[models.MemberStatus.ACTIVE]).items
assert len(people) == 2
draft = answered(decision_create, handle, client=maria, body=models.DecisionCreate(
    title="Move to four-day weeks", text="From March on we work Monday to Thursday.", framework="majority", team_id=team.id,
    stakeholders=[models.StakeholderGiven(member_id=person.id, roles=["voters"]) for person in people]))
opened = answered(decision_open, handle, draft.id, client=maria)
assert (opened.status, opened.phase) == (models.DecisionStatus.OPEN, "vote")

# What waits for Jonas; both vote; when all have voted the decision is closed
assert any(item.decision_id == draft.id and "ballot" in item.expected for item in answered(inbox_list, client=jonas).items)
yes = models.BallotPut(ballot=models.BallotContent.from_dict({"choice": "yes"}))
for voter in (jonas, maria):
    assert answered(ballot_put, handle, draft.id, client=voter, body=yes).ballot["choice"] == "yes"
assert answered(outcome_get, handle, draft.id, client=maria).outcome == models.DecisionOutcome.ADOPTED
record = answered(decision_record_get, handle, draft.id, client=maria)
assert (record.title, record.winners, len(record.ballots)) == ("Move to four-day weeks", [], 2)

# A company system asks
account = answered(service_account_create, handle, client=maria,
                   body=models.ServiceAccountCreate(name="Merge gate", role="observer", scope="decision.read"))
secret = answered(service_account_secret_create, handle, account.id, client=maria, body=models.ServiceAccountSecretCreate()).secret
token = answered(oauth_token, client=Client(base_url=URL), body=models.TokenRequest(
    grant_type="client_credentials", client_id=str(account.id), client_secret=secret))
gate = signed_in(token.access_token)
status = answered(decision_status_get, handle, draft.id, client=gate)
assert (status.status, status.outcome, status.adopted) == (models.DecisionStatus.IN_FORCE, models.DecisionOutcome.ADOPTED, True)

# What it may not do is a problem with a code
refused = team_delete.sync(handle, team.id, client=gate)
assert isinstance(refused, models.Problem403) and refused.code == models.Problem403Code.INSUFFICIENT_SCOPE, refused
print("the walk arrived: Python")
