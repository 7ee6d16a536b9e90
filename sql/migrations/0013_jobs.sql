-- SPDX-License-Identifier: Apache-2.0
-- What takes longer than a request may: jobs that somebody has asked for, and decisions of large electorates that something may have ended.

create table jobs (
    person_id uuid not null,
    id uuid not null,
    operation text not null,
    target text not null,
    body text,
    organisation_id uuid,
    scope text,
    request_id text not null,
    status text not null default 'queued',
    progress integer not null default 0,
    tries integer not null default 0,
    result json,
    problem json,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint jobs_pkey primary key (person_id, id),
    constraint jobs_status_check check (status in ('queued', 'running', 'done', 'failed')),
    constraint jobs_progress_check check (progress between 0 and 100)
);
comment on table jobs is
    'Requests that are answered later, for 24 hours. A small lookup of the person who asked, as idempotency_keys is: a tally belongs to no '
    'organisation, and whoever asks for a count sees its result, nobody else.';
comment on column jobs.organisation_id is 'The only one that the token was for; null: all of the person''s.';
comment on column jobs.scope is 'What the token was narrowed to; null: nothing.';
comment on column jobs.result is 'Kept as text: the bytes that the request would have been answered with.';
create index jobs_created_at_idx on jobs (created_at);

create table job_claims (
    person_id uuid not null,
    job_id uuid not null,
    constraint job_claims_pkey primary key (person_id, job_id)
);
comment on table job_claims is
    'Jobs that are not finished. Whoever works at one holds the lock on its row until the transaction that finishes it; when that instance '
    'dies, so does its lock. Apart from jobs, whose rows then can still be changed.';
create index job_claims_job_id_idx on job_claims (job_id);

create table settlements (
    organisation_id uuid not null,
    decision_id uuid not null,
    version bigint not null default 1,
    constraint settlements_pkey primary key (organisation_id, decision_id),
    constraint settlements_decision_id_fkey foreign key (organisation_id, decision_id) references decisions on delete cascade
);
comment on table settlements is
    'Open decisions of large electorates that a ballot may have ended: in the background all of their ballots are looked at. The version '
    'counts the ballots, so that none is missed that comes meanwhile.';

grant select, insert, update, delete on jobs, job_claims, settlements to cohelm_service;
