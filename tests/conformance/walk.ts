// SPDX-License-Identifier: Apache-2.0
// The walk of README.md with the client that openapi-typescript and openapi-fetch make of the document; `tsc` checks every name and type in it.
// Environment: COHELM_URL, MARIA and JONAS (access tokens).
import assert from "node:assert/strict";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Api = Client<paths>;
const baseUrl = process.env.COHELM_URL!;
const as = (token: string): Api => createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
const maria = as(process.env.MARIA!);
const jonas = as(process.env.JONAS!);

// What was answered; an error ends the walk with the problem.
function answered<T>(result: { data?: T; error?: unknown; response: Response }): T {
  assert.equal(result.error, undefined, `${result.response.url}: ${result.response.status} ${JSON.stringify(result.error)}`);
  return result.data as T;
}

// An organisation, and Jonas invited into it
const handle = `acme-ts-${process.pid}`;
const organisation = answered(await maria.POST("/v1/organisations", { body: { handle, name: "Acme Cooperative" } }));
assert.equal(organisation.handle, handle);
const org = { organisation: handle };
const invited = answered(await maria.POST("/v1/organisations/{organisation}/members", {
  params: { path: org }, body: { email: "jonas@example.org", role: "member" },
}));
assert.deepEqual([invited.status, invited.role], ["invited", "member"]);
const invitations = answered(await jonas.GET("/v1/me/invitations"));
const invitation = invitations.items.find((item) => item.organisation_handle === handle)!;
const membership = answered(await jonas.POST("/v1/me/invitations/{invitation}/accept", { params: { path: { invitation: invitation.id } } }));
assert.equal(membership.status, "active");

// A team, and a decision that both vote on
const team = answered(await maria.POST("/v1/organisations/{organisation}/teams", { params: { path: org }, body: { name: "Platform", kind: "circle" } }));
const members = answered(await maria.GET("/v1/organisations/{organisation}/members", { params: { path: org, query: { status: ["active"] } } }));
assert.equal(members.items.length, 2);
const draft = answered(await maria.POST("/v1/organisations/{organisation}/decisions", {
  params: { path: org },
  body: {
    title: "Move to four-day weeks", text: "From March on we work Monday to Thursday.", framework: "majority", team_id: team.id,
    stakeholders: members.items.map((member) => ({ member_id: member.id, roles: ["voters"] })),
  },
}));
const path = { ...org, decision: draft.id };
const open = answered(await maria.POST("/v1/organisations/{organisation}/decisions/{decision}/open", { params: { path } }));
assert.ok("phase" in open, "with few stakeholders it is no job");
assert.deepEqual([open.status, open.phase], ["open", "vote"]);

// What waits for Jonas; both vote; when all have voted the decision is closed
const inbox = answered(await jonas.GET("/v1/me/inbox"));
assert.ok(inbox.items.some((item) => item.decision_id === draft.id && item.expected.includes("ballot")));
for (const voter of [jonas, maria]) {
  const cast = answered(await voter.PUT("/v1/organisations/{organisation}/decisions/{decision}/ballots/me", {
    params: { path }, body: { ballot: { choice: "yes" } },
  }));
  assert.equal(cast.ballot?.choice, "yes");
}
const outcome = answered(await maria.GET("/v1/organisations/{organisation}/decisions/{decision}/outcome", { params: { path } }));
assert.equal(outcome.outcome, "adopted");
const record = answered(await maria.GET("/v1/organisations/{organisation}/decisions/{decision}/record", {
  params: { path }, headers: { Accept: "text/markdown" }, parseAs: "text",
}));
assert.match(String(record), /Move to four-day weeks/);

// A company system asks
const account = answered(await maria.POST("/v1/organisations/{organisation}/service-accounts", {
  params: { path: org }, body: { name: "Merge gate", role: "observer", scope: "decision.read" },
}));
const { secret } = answered(await maria.POST("/v1/organisations/{organisation}/service-accounts/{service_account}/secrets", {
  params: { path: { ...org, service_account: account.id } }, body: {},
}));
const token = answered(await createClient<paths>({ baseUrl }).POST("/v1/oauth/token", {
  body: { grant_type: "client_credentials", client_id: account.id, client_secret: secret },
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
}));
const gate = as(token.access_token);
const status: components["schemas"]["DecisionStatusDocument"] = answered(
  await gate.GET("/v1/organisations/{organisation}/decisions/{decision}/status", { params: { path } }));
assert.deepEqual([status.status, status.outcome, status.adopted], ["in_force", "adopted", true]);

// What it may not do is a problem with a code
const refused = await gate.DELETE("/v1/organisations/{organisation}/teams/{team}", { params: { path: { ...org, team: team.id } } });
assert.equal(refused.error?.code, "insufficient_scope");
console.log("the walk arrived: TypeScript");
