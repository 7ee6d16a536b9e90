-- SPDX-License-Identifier: Apache-2.0
-- What answers another input is replaced by what is of its type only: a ruling is lost by no answer. So is what came too late, which the
-- review gathers from several phases.

alter table inputs
    add column keyed_type text not null generated always as (
        case when subject_id <> '00000000-0000-0000-0000-000000000000' or phase = 'review' then type else '' end
    ) stored,
    drop constraint inputs_current_key,
    add constraint inputs_current_key
        unique (organisation_id, decision_id, revision, phase, member_id, subject_id, round, keyed_type);
comment on table inputs is
    'What stakeholders said: one current input per member, phase, revision, round and thing it answers, there one of each type.';
comment on column inputs.keyed_type is 'The type, where an input of another type does not take its place.';
