create table public.orders (
    id uuid primary key default gen_random_uuid(),
    book_id integer not null references public.books (id),
    quantity integer not null check (quantity > 0),
    total_cents integer not null,
    placed_at timestamptz not null default now(),
    sent_at timestamptz
);
create index orders_to_send on public.orders (placed_at) where sent_at is null;
