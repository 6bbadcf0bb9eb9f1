-- Organisations, and the people in them.

create table public.plans (
    id uuid primary key default gen_random_uuid(),
    name text not null unique,
    display_name text not null,
    daily_page_limit integer not null check (daily_page_limit > 0),
    monthly_price_cents integer not null check (monthly_price_cents >= 0),
    sort_order integer not null default 0
);

insert into public.plans (id, name, display_name, daily_page_limit, monthly_price_cents, sort_order)
values
    ('43f9dab3-2eb6-4f74-8e91-2879a7984927', 'free', 'Free', 500, 0, 1),
    ('dc149402-b2a3-4fc0-bb5b-22e6ffd8ccd3', 'starter', 'Starter', 2000, 5000, 2),
    ('26879ad7-bac2-46ee-a8ef-cc701e7802f1', 'pro', 'Pro', 5000, 8000, 3),
    ('264ec5ba-ce12-43c0-9e1e-33f11ff165db', 'business', 'Business', 10000, 15000, 4),
    ('7b03f196-380f-4885-84f2-c4efb394999f', 'enterprise', 'Enterprise', 100000, 40000, 5);

create table public.organisations (
    id uuid primary key default gen_random_uuid(),
    name text not null check (length(name) between 1 and 200),
    email_domain text unique,
    plan_id uuid references public.plans,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table public.users (
    id uuid primary key,
    email text not null,
    first_name text,
    last_name text,
    full_name text,
    organisation_id uuid references public.organisations,
    system_role text check (system_role in ('system_admin')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index users_organisation on public.users (organisation_id);

create table public.organisation_members (
    organisation_id uuid not null references public.organisations on delete cascade,
    user_id uuid not null references public.users on delete cascade,
    role text not null default 'admin' check (role in ('admin', 'member')),
    created_at timestamptz not null default now(),
    primary key (organisation_id, user_id)
);
create index organisation_members_user on public.organisation_members (user_id);

create table public.organisation_invites (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references public.organisations on delete cascade,
    email text not null,
    role text not null default 'member' check (role in ('admin', 'member')),
    token text not null unique default replace(gen_random_uuid()::text, '-', ''),
    invited_by uuid references public.users,
    expires_at timestamptz not null default now() + interval '7 days',
    created_at timestamptz not null default now()
);
comment on table public.organisation_invites is 'People asked to join an organisation.';
