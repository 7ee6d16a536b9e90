-- SPDX-License-Identifier: Apache-2.0
-- Calendar programs can't send tokens, so a person may have one secret address at which the calendar is read.

create table calendar_feeds (
    person_id uuid not null,
    hash text not null,
    created_at timestamptz not null default now(),
    constraint calendar_feeds_pkey primary key (person_id),
    constraint calendar_feeds_hash_key unique (hash)
);
comment on table calendar_feeds is 'A small lookup from a secret address to whom it was given. A new address takes the place of the one before.';
comment on column calendar_feeds.hash is 'SHA-256 of the secret in hexadecimal; the secret itself has 256 random bits and is shown once.';

grant select, insert, update, delete on calendar_feeds to cohelm_service;
