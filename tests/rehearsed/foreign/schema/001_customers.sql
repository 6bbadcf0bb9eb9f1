create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pgcrypto with schema extensions;
create extension citext with schema extensions;

create table public.customers (
    id uuid primary key default uuid_generate_v4(),
    email citext unique not null,
    pin text not null default extensions.crypt('0000', extensions.gen_salt('bf', 4))
);
