-- SPDX-License-Identifier: Apache-2.0
-- The audit rows of each decision as a hash chain: whoever knows one hash can tell that no row before it was changed, added, moved or left
-- out. Written in the statement that writes the row, by whoever holds the lock on the decision; other audit rows have none of it,
-- and neither have those of secret ballots, as the length of the chain would tell how many have voted.
--
-- The content of a row is the text that audit_content makes; its digest is the content's SHA-256; its hash is the SHA-256 of the hash
-- before it (32 bytes; none before the first) followed by the digest (32 bytes). Digest and content are apart so that the chain can be
-- checked also where a content may not be shown.

create table audit_chains (
    organisation_id uuid not null,
    resource_id uuid not null,
    length bigint not null default 0,
    hash bytea not null default '',
    constraint audit_chains_pkey primary key (organisation_id, resource_id)
);
comment on table audit_chains is 'The end of each chain. No foreign key: like the audit rows it outlives what it is about.';

create table audit_links (
    organisation_id uuid not null,
    resource_id uuid not null,
    number bigint not null,
    audit_id uuid not null,
    hash bytea not null,
    constraint audit_links_pkey primary key (organisation_id, resource_id, number),
    constraint audit_links_hash_check check (octet_length(hash) = 32)
);
comment on table audit_links is 'The hash of each audit row of a chain, in the order of the chain; never changed.';

create function audit_content(entry audit_log)
returns text
language sql stable
return jsonb_build_object('id', entry.id, 'at', utc_text(entry.at), 'actor_id', entry.actor_id, 'action', entry.action,
    'resource_id', entry.resource_id, 'data', entry.data, 'override', entry.override,
    'decision_id', entry.decision_id)::text;
comment on function audit_content(audit_log) is
    'What the hash of an audit row covers: all but the request id, which is for operators. PostgreSQL writes equal jsonb as equal text.';

create function audit_digest(entry audit_log)
returns bytea
language sql stable
return sha256(convert_to(audit_content(entry), 'UTF8'));

insert into audit_chains (organisation_id, resource_id)
select d.organisation_id, d.id
from decisions d;

alter table stakeholders add column left_at timestamptz;
comment on column stakeholders.left_at is
    'When they had left the organisation, if they had when the decision closed: whoever comes back later changes nothing of what was counted.';

grant select, insert, update on audit_chains to cohelm_service;
grant select, insert on audit_links to cohelm_service;
