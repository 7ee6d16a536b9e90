-- SPDX-License-Identifier: Apache-2.0
-- What an organisation settles for all its decisions: the language of their words, and when the end of a phase is told of.

-- ---- the settings ----

-- Until now everything in them was the clients' own.
update organisations
set settings = settings - 'language'
where settings ? 'language' and (jsonb_typeof(settings -> 'language') <> 'string' or settings ->> 'language' !~ '^[a-z]{2,3}$');

update organisations
set settings = settings - 'reminders'
where settings ? 'reminders';

create table setting_rollouts (
    organisation_id uuid not null,
    setting text not null,
    decision_id uuid not null default '00000000-0000-0000-0000-000000000000',
    due_at timestamptz not null default now() + interval '2 seconds',
    constraint setting_rollouts_pkey primary key (organisation_id, setting),
    constraint setting_rollouts_organisation_id_fkey foreign key (organisation_id) references organisations on delete cascade,
    constraint setting_rollouts_setting_check check (setting in ('language', 'reminders'))
);
comment on table setting_rollouts is 'A setting that was changed and that the decisions of the organisation are brought into line with, in the background.';
comment on column setting_rollouts.decision_id is 'As far as it has got, in the order of ids.';
comment on column setting_rollouts.due_at is 'Not at once: no statement that began before the change may be at work any more.';
create index setting_rollouts_due_at_idx on setting_rollouts (due_at);

grant select, insert, update, delete on setting_rollouts to cohelm_service;

-- ---- search ----
-- What is more than an expression is PL/pgSQL: its plans are made once per session, while those of SQL functions are made for every statement.

create function search_configuration(settings jsonb)
returns regconfig
language sql immutable
return case coalesce(settings ->> 'language', 'en')
    when 'ar' then 'arabic'::regconfig
    when 'hy' then 'armenian'::regconfig
    when 'eu' then 'basque'::regconfig
    when 'ca' then 'catalan'::regconfig
    when 'da' then 'danish'::regconfig
    when 'nl' then 'dutch'::regconfig
    when 'en' then 'english'::regconfig
    when 'fi' then 'finnish'::regconfig
    when 'fr' then 'french'::regconfig
    when 'de' then 'german'::regconfig
    when 'el' then 'greek'::regconfig
    when 'hi' then 'hindi'::regconfig
    when 'hu' then 'hungarian'::regconfig
    when 'id' then 'indonesian'::regconfig
    when 'ga' then 'irish'::regconfig
    when 'it' then 'italian'::regconfig
    when 'lt' then 'lithuanian'::regconfig
    when 'ne' then 'nepali'::regconfig
    when 'no' then 'norwegian'::regconfig
    when 'nb' then 'norwegian'::regconfig
    when 'nn' then 'norwegian'::regconfig
    when 'pt' then 'portuguese'::regconfig
    when 'ro' then 'romanian'::regconfig
    when 'ru' then 'russian'::regconfig
    when 'sr' then 'serbian'::regconfig
    when 'es' then 'spanish'::regconfig
    when 'sv' then 'swedish'::regconfig
    when 'ta' then 'tamil'::regconfig
    when 'tr' then 'turkish'::regconfig
    when 'yi' then 'yiddish'::regconfig
    else 'simple'::regconfig
end;
comment on function search_configuration(jsonb) is
    'How word forms are found in the language of the settings: English unless it is said, and of a language that PostgreSQL doesn''t know none.';

create function without_accents(words text)
returns text
language sql immutable
return replace(replace(replace(
    translate(
        normalize(regexp_replace(normalize(words, nfd), '([a-zA-Zα-ωΑ-Ω])[\u0300-\u036f]+', '\1', 'g'), nfc),
        'øØłŁđĐıёЁς', 'oOlLdDiеЕσ'),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe');
comment on function without_accents(text) is 'Latin and Greek letters without their marks, so that a word is found however it is typed.';

create function search_lexemes(organisation_id uuid, lexemes text)
returns text
language sql immutable
return regexp_replace(without_accents(lexemes), '(^| )''', '\1''' || left(md5(organisation_id::text), 6) || ' ', 'g');
comment on function search_lexemes(uuid, text) is
    'A tsvector or tsquery as text, without accents and with a few letters of the organisation before each word: what begins like a word is then '
    'looked for among the words of one organisation only. No word of a text has a space in it, so none can claim to be of another one.';

create or replace function search_document(organisation_id uuid, title text, text text, outcome text, rationale text)
returns tsvector
language plpgsql stable
as $$
declare
    words constant text := concat_ws(E'\n\n', title, text, outcome, rationale);
    configuration regconfig;
begin
    select search_configuration(o.settings) into strict configuration
    from organisations o
    where o.organisation_id = search_document.organisation_id;
    return array_to_tsvector(array[left(md5(organisation_id::text), 6)])
        || search_lexemes(organisation_id, to_tsvector(configuration, words)::text)::tsvector
        || search_lexemes(organisation_id, to_tsvector('simple', words)::text)::tsvector;
end
$$;
comment on function search_document(uuid, text, text, text, text) is
    'The words of a decision as the organisation''s language finds their forms, the words as they stand, and the organisation.';

create function search_term(organisation_id uuid, configuration regconfig, words text, ending text)
returns text
language plpgsql immutable
as $$
declare
    formed constant text := search_lexemes(organisation_id, phraseto_tsquery(configuration, words)::text);
    plain constant text := search_lexemes(organisation_id, phraseto_tsquery('simple', words)::text);
begin
    return case
        when plain = '' then null
        when ending = 'open' then format('(%s%s)', nullif(formed, '') || ' | ', regexp_replace(plain, '''(?= |$)', ''':*', 'g'))
        when formed <> '' then format('(%s | %s)', formed, plain)
        when ending = 'phrase' then format('(%s)', plain)
    end;
end
$$;
comment on function search_term(uuid, regconfig, text, text) is
    'A word or a phrase in any of its forms; with the ending `open` also what begins like it. Null: nothing in it to look for, as in `the`.';

create function search_words(organisation_id uuid, configuration regconfig, words text)
returns tsquery
language plpgsql immutable
as $$
begin
    return (
        select string_agg(g.terms, ' | ')::tsquery
        from (
            select string_agg(t.negation || t.term, ' & ' order by t.place) as terms
            from (
                select w.place, count(*) filter (where w.negation = '' and lower(w.word) = 'or') over (order by w.place) as alternative,
                    case when w.negation <> '' then '!' else '' end as negation,
                    case when w.negation <> '' or lower(coalesce(w.word, '')) <> 'or' then search_term(search_words.organisation_id, search_words.configuration,
                        coalesce(w.phrase, rtrim(w.word, '*')), case
                            when w.phrase is not null then 'phrase'
                            when w.word like '%*' then 'open'
                            when w.negation = '' and w.place = count(*) over () and search_words.words ~ '[^\s"[:punct:]]$' then 'open'
                            else 'word'
                        end) end as term
                from (
                    select m.parts[1] as negation, m.parts[2] as phrase, m.parts[3] as word, m.place
                    from regexp_matches(search_words.words, '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g') with ordinality m (parts, place)
                ) w
            ) t
            where t.term is not null
            group by t.alternative
        ) g
    );
end
$$;
comment on function search_words(uuid, regconfig, text) is
    'As websearch_to_tsquery has it (quotes, or, -), and the word at the very end, or before *, may be the beginning of one. Null: no word in it.';

create or replace function search_query(organisation_id uuid, words text)
returns tsquery
language plpgsql stable
as $$
declare
    configuration regconfig;
begin
    select search_configuration(o.settings) into strict configuration
    from organisations o
    where o.organisation_id = search_query.organisation_id;
    return quote_literal(left(md5(organisation_id::text), 6))::tsquery && search_words(organisation_id, configuration, words)
        || (quote_literal('organisation ' || organisation_id)::tsquery && websearch_to_tsquery('simple', words));
end
$$;
comment on function search_query(uuid, text) is
    'Finds words within one organisation by one index, also in documents that the background has not yet written anew. Nothing in it finds nothing.';

insert into setting_rollouts (organisation_id, setting)
select o.organisation_id, 'language'
from organisations o;

-- ---- reminders ----

create function next_reminder(settings jsonb, rule jsonb, started_at timestamptz, due_at timestamptz, later_than timestamptz)
returns timestamptz
language sql stable
begin atomic
    select min(t.at)
    from (
        select case
            when next_reminder.rule -> 'reminder' = 'null' then '{}'
            when next_reminder.rule ? 'reminder' then array[next_reminder.rule ->> 'reminder']
            when jsonb_typeof(next_reminder.settings -> 'reminders') = 'array' then array(
                select e.before
                from jsonb_array_elements_text(next_reminder.settings -> 'reminders') e (before)
                where e.before ~ '^P([0-9]{1,3}[WD]|T[0-9]{1,3}[HM])$'
            )
            else array['P1D']
        end as durations
    ) r
    cross join unnest(r.durations) d (before)
    cross join lateral (
        select (next_reminder.due_at at time zone 'UTC' - d.before::interval) at time zone 'UTC' as at
    ) t
    where t.at > greatest(next_reminder.started_at, next_reminder.later_than);
end;
comment on function next_reminder(jsonb, jsonb, timestamptz, timestamptz, timestamptz) is
    'When the end of a phase is told of next: as long before it as the rule says, or else the organisation (what is no duration there was put by an '
    'earlier version). A phase that is shorter has no such reminder.';

comment on column decisions.remind_at is 'When the event decision.reminder is due next in the current phase; null: all were sent, or there is none.';
