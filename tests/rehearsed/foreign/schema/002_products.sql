create extension pg_trgm with schema public;
create extension hstore with schema public;

create table public.products (
    id bigint generated always as identity primary key,
    name text not null,
    labels hstore not null default ''
);
create index products_by_likeness on public.products using gin (name gin_trgm_ops);
