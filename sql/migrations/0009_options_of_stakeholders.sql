-- SPDX-License-Identifier: Apache-2.0
-- Options may say what speaks for and against them, and stakeholders may put them in an open phase that takes options.

alter table decision_options
    add column pros text[] not null default '{}',
    add column cons text[] not null default '{}',
    add column proposer_id uuid,
    add constraint decision_options_proposer_id_fkey foreign key (organisation_id, proposer_id) references members on delete no action;
comment on column decision_options.proposer_id is 'Who put it while the decision was open; null for those of the draft.';
create index decision_options_proposer_id_idx on decision_options (organisation_id, proposer_id);
