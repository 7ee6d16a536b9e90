-- SPDX-License-Identifier: Apache-2.0
-- Rounds without a new text, and inputs that others may not see yet, or ever.

alter table inputs
    add column hidden text,
    add constraint inputs_hidden_check check (hidden in ('phase', 'always')),
    drop constraint inputs_current_key,
    add constraint inputs_current_key unique (organisation_id, decision_id, revision, phase, member_id, subject_id, round);
comment on table inputs is 'What stakeholders said: one current input per member, phase, revision, round and thing it answers.';
comment on column inputs.hidden is 'From others than who gave it: until the phase is over, or always. Null: from nobody.';

create function input_shown(hidden text, author uuid, viewer uuid, revision integer, round integer, phase text, decision decisions)
returns boolean
language sql stable
return hidden is null or coalesce(author = viewer, false)
    or (hidden = 'phase' and (
        revision <> (decision).revision or round <> (decision).round or phase <> (decision).phase
        or ((decision).outcome is not null and (decision).outcome not in ('withdrawn', 'expired'))
    ));
comment on function input_shown(text, uuid, uuid, integer, integer, text, decisions) is
    'Whether the viewer (null: anybody) may see an input. What was hidden when a decision was given up stays hidden.';
