-- SPDX-License-Identifier: Apache-2.0
-- The decision that follows one that escalates.

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
