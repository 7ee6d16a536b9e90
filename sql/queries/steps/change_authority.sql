-- Says in the audit rows and events of this transaction which decision makes the changes; empty: no decision does.
-- $1 value 0 decision_id
-- result: one
select set_config('cohelm.decision', $1, true) as decision_id;
