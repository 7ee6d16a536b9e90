-- SPDX-License-Identifier: Apache-2.0
-- Indexes of large tables end with the key of the row. The planner takes what an index leaves open for a row or two; among 1000 decisions of
-- one organisation, nearly all by the same framework, it found one decision by reading half of them.

drop index decisions_framework_id_idx;
create index decisions_framework_id_idx on decisions (organisation_id, framework_id, id);
drop index decisions_proposer_id_idx;
create index decisions_proposer_id_idx on decisions (organisation_id, proposer_id, id);
drop index stakeholders_member_id_idx;
create index stakeholders_member_id_idx on stakeholders (organisation_id, member_id, decision_id);
drop index team_members_member_id_idx;
create index team_members_member_id_idx on team_members (organisation_id, member_id, team_id);
drop index teams_parent_id_idx;
create index teams_parent_id_idx on teams (organisation_id, parent_id, id);
drop index decisions_review_at_idx;
create index decisions_review_at_idx on decisions (organisation_id, proposer_id, review_at, id) where review_at is not null;
