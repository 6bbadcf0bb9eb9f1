-- What every Supabase project is born with. Run once by the superuser supabase_admin.

create role anon nologin;
create role authenticated nologin;
create role service_role nologin bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;
create role supabase_auth_admin login noinherit createrole;
create role supabase_storage_admin login noinherit createrole;
create role postgres nologin createdb createrole replication bypassrls;
grant anon, authenticated, service_role to postgres with admin option;
-- On Supabase by supautils.privileged_role_allowed_configs, for a role that is no superuser.
grant set on parameter session_replication_role to postgres;
alter role postgres set search_path to "$user", public, extensions;
grant pg_read_all_data, pg_monitor, pg_signal_backend to postgres with admin option;
alter database postgres owner to postgres;
alter schema public owner to postgres;

create schema auth authorization supabase_auth_admin;
create schema storage authorization supabase_storage_admin;
create schema realtime;
create schema vault;
create schema extensions;
create schema graphql_public;
grant usage on schema public, auth, storage, extensions, graphql_public
    to postgres, anon, authenticated, service_role;
grant all on schema extensions to postgres;

create table auth.users (
    instance_id uuid,
    id uuid primary key default gen_random_uuid(),
    aud text default 'authenticated',
    role text default 'authenticated',
    email text unique,
    encrypted_password text,
    email_confirmed_at timestamptz,
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb default '{"provider": "email", "providers": ["email"]}',
    raw_user_meta_data jsonb default '{}',
    created_at timestamptz default now(),
    updated_at timestamptz default now()
);
alter table auth.users owner to supabase_auth_admin;
alter table auth.users enable row level security;
grant all on auth.users to postgres;
create table auth.refresh_tokens (
    token text primary key,
    user_id uuid references auth.users on delete cascade,
    revoked boolean not null default false,
    created_at timestamptz not null default now()
);
alter table auth.refresh_tokens owner to supabase_auth_admin;

create function auth.jwt() returns jsonb language sql stable as
$$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
create function auth.uid() returns uuid language sql stable as
$$ select (auth.jwt() ->> 'sub')::uuid $$;
create function auth.role() returns text language sql stable as
$$ select auth.jwt() ->> 'role' $$;

create table storage.buckets (
    id text primary key,
    name text not null,
    public boolean default false,
    created_at timestamptz default now()
);
create table storage.objects (
    id uuid primary key default gen_random_uuid(),
    bucket_id text references storage.buckets,
    name text,
    owner uuid,
    metadata jsonb,
    created_at timestamptz default now()
);
alter table storage.objects enable row level security;
alter table storage.buckets owner to postgres;
alter table storage.objects owner to postgres;

create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;

alter default privileges for role postgres in schema public
    grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
    grant all on functions to anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public
    grant all on tables to postgres, anon, authenticated, service_role;

do $$
declare
    wanted text;
begin
    for wanted in
        select name from pg_available_extensions
        where name in ('uuid-ossp', 'pgcrypto', 'pg_stat_statements')
    loop
        execute format('create extension if not exists %I with schema extensions', wanted);
    end loop;
end $$;
