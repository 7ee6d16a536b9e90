-- Forgets jobs that were asked for more than 24 hours ago; one that still runs comes to nothing.
-- result: none
delete from jobs j
where j.created_at < now() - interval '24 hours';
