-- One of each kind beyond what the application itself has. Run by the superuser.

create schema shop authorization postgres;
grant usage on schema shop to anon, authenticated;
set role postgres;
create type shop.pair as (left_half integer, right_half text);
create type shop.span as range (subtype = integer);
create domain shop.positive as integer not null default 1 constraint is_positive check (value > 0);
create function shop.add(integer, integer) returns integer language sql immutable
    as 'select $1 + $2';
create aggregate shop.total(integer) (sfunc = shop.add, stype = integer, initcond = '0');
create procedure shop.tidy(older interval default '7 days') language plpgsql as $$
begin
    delete from shop.parts where made_at < now() - older;
end $$;
create function shop.half(whole integer) returns integer language sql stable
    return whole / 2;
create sequence shop.numbers start 100 increment 5;
create table shop.parts (
    id integer generated always as identity,
    number bigint default nextval('shop.numbers'),
    title text collate "C",
    price numeric(8, 2),
    taxed numeric generated always as (price * 1.1) stored,
    size shop.pair,
    during shop.span,
    stock shop.positive,
    made_at timestamptz default '2026-01-01 00:00:00+10',
    notes text,
    constraint parts_pkey primary key (id) with (fillfactor = 90),
    constraint parts_price check (price > 0),
    constraint parts_title unique (title) deferrable
);
alter sequence shop.numbers owned by shop.parts.number;
create table shop.events (id bigint, at date not null) partition by range (at);
create table shop.events_2026 partition of shop.events
    for values from ('2026-01-01') to ('2027-01-01');
create unlogged table shop.scratch (id integer);
create table shop.orders (
    id integer primary key, part integer,
    constraint orders_part foreign key (part) references shop.parts on delete cascade
);
create index parts_notes on shop.parts (lower(notes)) where price > 1;
create unique index parts_number on shop.parts (number);
create statistics shop.parts_related (dependencies) on title, price from shop.parts;
create view shop.cheap with (security_invoker = true, security_barrier = true) as
    select id, title from shop.parts where price < 10;
create materialized view shop.totals as select count(*) as parts from shop.parts;
create index totals_parts on shop.totals (parts);
create rule no_scratch as on delete to shop.scratch do instead nothing;
create function shop.arrived() returns trigger language plpgsql security definer
    set search_path = '' set work_mem = '8MB' as $$
begin
    insert into shop.orders (id) values (1);
    return new;
end $$;
create trigger user_arrived after insert on auth.users for each row execute function shop.arrived();
create trigger part_made before insert on shop.parts
    for each row when (new.price > 5) execute function shop.arrived('Bearer hunter22hunter22');
alter table shop.parts enable row level security;
create policy "own parts" on shop.parts as restrictive for update to authenticated
    using (price < 100) with check (price < 50);
comment on table shop.parts is 'What is sold.';
comment on column shop.parts.title is 'What it is called.';
comment on policy "own parts" on shop.parts is 'Only some.';
grant select on shop.parts to anon;
grant update (title) on shop.parts to anon;
revoke execute on function shop.add(integer, integer) from public;
create publication shop_events for table shop.parts (id, price) where (price > 1);
alter publication supabase_realtime add table shop.orders;
create collation shop.plain (provider = libc, locale = 'C');
create text search dictionary shop.simple_words (template = simple, stopwords = english);
create text search configuration shop.words (copy = simple);
create operator shop.@+ (leftarg = integer, rightarg = integer, function = shop.add);
alter default privileges in schema shop grant select on tables to anon;
create policy "own files" on storage.objects for select to authenticated using (owner = auth.uid());
reset role;
create publication shop_all for tables in schema shop with (publish = 'insert');

create policy "own account" on auth.users for select to authenticated using (id = auth.uid());
create function public.watch() returns event_trigger language plpgsql as 'begin null; end';
create event trigger watching on ddl_command_end when tag in ('CREATE TABLE')
    execute function public.watch();
create foreign data wrapper elsewhere;
create server warehouse foreign data wrapper elsewhere options (host 'warehouse', api_key 'hunter22');
create foreign table shop.remote (id integer options (name 'ident')) server warehouse
    options (called 'remote');
create cast (shop.pair as text) with inout;
create role reporting login noinherit;
alter role anon set statement_timeout = '3s';
alter role reporting set app.api_key = 'hunter22';
create extension if not exists vector with schema extensions;

alter table storage.buckets add file_size_limit bigint, add allowed_mime_types text[];
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('avatars', 'avatars', true, 1000, '{image/png}'), ('papers', 'papers', false, null, null);
create schema cron;
create table cron.job (
    jobid bigint generated always as identity, schedule text, command text,
    nodename text default 'localhost', nodeport integer default 5432,
    database text default current_database(), username text default current_user,
    active boolean default true, jobname text
);
insert into cron.job (jobname, schedule, command) values
    ('tidy', '0 3 * * *', 'call shop.tidy()'), (null, '* * * * *', 'select 1');
create table vault.secrets (id uuid default gen_random_uuid(), name text, secret text);
insert into vault.secrets (name, secret) values ('stripe', 'hunter22'), ('mail', 'hunter22');

create role staging_reader login bypassrls password 'the-database''s-secret' in role pg_read_all_data;
alter role staging_reader set default_transaction_read_only = on;
