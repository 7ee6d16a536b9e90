-- SPDX-License-Identifier: Apache-2.0
-- Who is a stakeholder only because a group took them in. When it is decided again, the group says anew who that is.

alter table stakeholders add column of_group boolean not null default false;
comment on column stakeholders.of_group is 'Nobody named them: a group of the draft took them in when it was opened.';
