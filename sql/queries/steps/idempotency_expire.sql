-- Forgets answers kept for more than 24 hours.
-- result: none
delete from idempotency_keys k
where k.created_at < now() - interval '24 hours';
