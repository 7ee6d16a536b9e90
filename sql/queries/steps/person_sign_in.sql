-- The person a verified token speaks for; the first sign-in makes it. E-mail and name follow the token where the person has not
-- set their own.
-- $1 value 0 issuer
-- $2 value 1 subject
-- $3 new_id
-- $4 value 2 name
-- $5 value 3 email
-- $6 value 4 email_verified
-- $7 value 5 may_create
-- result: one
with known as (
    select p.id, p.kind, p.email, p.email_verified
    from people p
    where p.issuer = $1 and p.subject = $2
),
created as (
    insert into people (id, issuer, subject, display_name, email, email_verified)
    select $3, $1, $2, coalesce($4, $2), $5, coalesce($6::boolean, false)
    where $7::boolean and not exists (select from known)
    on conflict on constraint people_issuer_subject_key do nothing
    returning id, kind
),
followed as (
    update people p
    set email = $5, email_verified = coalesce($6::boolean, false), version = p.version + 1, updated_at = now()
    from known k
    where p.id = k.id and $5::text is not null
        and (k.email is distinct from $5 or k.email_verified is distinct from coalesce($6::boolean, false))
)
select id, kind from known
union all
select id, kind from created;
