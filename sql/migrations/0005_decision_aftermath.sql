-- SPDX-License-Identifier: Apache-2.0
-- What surrounds a decision: links to others, when it is looked at again, what is said before a phase ends, and finding it by its words.

alter table decisions add column review_at timestamptz;
alter table decisions add column remind_at timestamptz;
comment on column decisions.review_at is 'When a decision in force is to be looked at again; null: never.';
comment on column decisions.remind_at is 'When the event decision.reminder is due in the current phase; null: it was sent, or there is none.';
create index decisions_remind_at_idx on decisions (remind_at) where remind_at is not null;
create index decisions_review_at_idx on decisions (organisation_id, proposer_id, review_at) where review_at is not null;

create function utc_add(instant timestamptz, duration text)
returns timestamptz
language sql stable
return (instant at time zone 'UTC' + duration::interval) at time zone 'UTC';
comment on function utc_add(timestamptz, text) is 'A time plus an ISO 8601 duration, in UTC, as duration_add of the service has it.';

-- Until now adopted decisions stayed `closed`.
update decisions
set status = 'in_force',
    review_at = utc_add(closed_at, definition ->> 'review'),
    version = version + 1,
    updated_at = now()
where status = 'closed' and outcome = 'adopted';

-- ---- links ----

create table decision_links (
    organisation_id uuid not null,
    decision_id uuid not null,
    type text not null,
    linked_id uuid not null,
    id uuid not null,
    note text not null default '',
    created_by uuid not null,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    constraint decision_links_pkey primary key (organisation_id, decision_id, type, linked_id),
    constraint decision_links_decision_id_fkey foreign key (organisation_id, decision_id) references decisions on delete cascade,
    constraint decision_links_linked_id_fkey foreign key (organisation_id, linked_id) references decisions on delete cascade,
    constraint decision_links_type_check check (type in ('supersedes', 'depends_on', 'relates_to')),
    constraint decision_links_self_check check (linked_id <> decision_id)
);
comment on table decision_links is 'decision_id supersedes, depends on or relates to linked_id.';
create index decision_links_decision_id_idx on decision_links (organisation_id, decision_id, id);
create index decision_links_linked_id_idx on decision_links (organisation_id, linked_id, id);

create function may_end_decision(principal principal, organisation text, decision uuid)
returns boolean
language sql stable
return exists (
    select
    from access_decision(principal, organisation, 'decision.review', decision) a
    where exists (select from access(principal, organisation, 'decision.review') x where x.granted)
        or exists (select from access_team(principal, organisation, 'decision.review', (a.decision_row).team_id) x where x.granted)
);
comment on function may_end_decision(principal, text, uuid) is
    'Who may end a decision in force, or have it replaced: an office in the organisation or the team, and not just a part in the decision, '
    'so that nobody ends by themselves what others have decided with them.';

-- ---- search ----

create function search_document(organisation_id uuid, title text, text text, outcome text, rationale text)
returns tsvector
language sql immutable
return array_to_tsvector(array['organisation ' || organisation_id])
    || setweight(to_tsvector('simple', title), 'A')
    || setweight(to_tsvector('simple', coalesce(outcome, '') || ' ' || coalesce(rationale, '')), 'B')
    || to_tsvector('simple', text);
comment on function search_document(uuid, text, text, text, text) is
    'The words of a decision, and its organisation as one more: a space is in no word, so that no text can claim to be of another one.';

create function search_query(organisation_id uuid, words text)
returns tsquery
language sql immutable
return case
    when numnode(websearch_to_tsquery('simple', words)) > 0
        then quote_literal('organisation ' || organisation_id)::tsquery && websearch_to_tsquery('simple', words)
end;
comment on function search_query(uuid, text) is 'Finds words (quotes, or, -) within one organisation by one index. Nothing in it finds nothing.';

create table decision_search (
    organisation_id uuid not null,
    decision_id uuid not null,
    document tsvector not null,
    constraint decision_search_pkey primary key (organisation_id, decision_id),
    constraint decision_search_decision_id_fkey foreign key (organisation_id, decision_id) references decisions on delete cascade
);
comment on table decision_search is 'The words by which a decision is found. Apart from it, so that its own row stays small.';
create index decision_search_document_idx on decision_search using gin (document);

insert into decision_search (organisation_id, decision_id, document)
select d.organisation_id, d.id, search_document(d.organisation_id, d.title, r.text, d.outcome, o.rationale)
from decisions d
join decision_revisions r on r.organisation_id = d.organisation_id and r.decision_id = d.id and r.number = d.revision
left join outcomes o on o.organisation_id = d.organisation_id and o.decision_id = d.id;

grant select, insert, update, delete on decision_links, decision_search to cohelm_service;
