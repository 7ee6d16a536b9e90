-- SPDX-License-Identifier: Apache-2.0
-- The decision that follows one that escalates, and changes of structure that are tried again by themselves.

alter table decision_links
    drop constraint decision_links_type_check,
    add constraint decision_links_type_check check (type in ('supersedes', 'depends_on', 'relates_to', 'continues'));
comment on table decision_links is
    'decision_id supersedes, depends on, relates to or continues linked_id. It continues one that escalated; that link nobody makes or takes away.';
create unique index decision_links_continues_key on decision_links (organisation_id, linked_id) where type = 'continues';

alter table decisions add column fallback_version integer;
comment on column decisions.fallback_version is
    'The version of the framework that the rule names as fallback, since the opening; null: there is none, or it was opened before versions were kept.';

alter table outcomes add column follow_up_id uuid;
comment on column outcomes.follow_up_id is
    'The decision that continues this one, which escalated. No foreign key: an outcome never changes, and a follow-up that is still a draft may be deleted.';

alter table change_sets
    add column tries integer not null default 0,
    add column retry_at timestamptz,
    add column waits_for text;
comment on column change_sets.tries is 'How often the changes of the adopted decision could not even be tried.';
comment on column change_sets.retry_at is 'When they are tried again by themselves; null: never.';
comment on column change_sets.waits_for is 'Why they could not be tried; null: they were, or are not to be made yet.';
create index change_sets_retry_at_idx on change_sets (retry_at) where retry_at is not null;

-- Until now they waited for somebody to ask for them.
update change_sets s
set retry_at = now(),
    waits_for = 'It could not be tried when the decision was adopted.'
from outcomes o
where o.organisation_id = s.organisation_id and o.decision_id = s.decision_id and o.outcome = 'adopted'
    and s.status = 'proposed' and s.authority is not null and s.changes <> '[]' and s.revision = (
        select max(n.revision)
        from change_sets n
        where n.organisation_id = s.organisation_id and n.decision_id = s.decision_id
    );
