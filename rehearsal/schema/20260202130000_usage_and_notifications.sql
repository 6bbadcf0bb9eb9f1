-- What was used each day, what people are told, and what pages were read most.

create table public.daily_usage (
    organisation_id uuid not null references public.organisations on delete cascade,
    usage_date date not null default current_date,
    pages_processed integer not null default 0,
    jobs_created integer not null default 0,
    primary key (organisation_id, usage_date)
);

create table public.notifications (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references public.organisations on delete cascade,
    type text not null,
    subject text not null,
    preview text not null default '',
    message text not null default '',
    link text,
    read_at timestamptz,
    created_at timestamptz not null default now()
);
create index notifications_unread on public.notifications (organisation_id, created_at desc)
    where read_at is null;

create table public.page_analytics (
    page_id bigint not null references public.pages on delete cascade,
    day date not null,
    views integer not null default 0,
    primary key (page_id, day)
);

create view public.job_overview with (security_invoker = true) as
select jobs.id, domains.name as domain, jobs.status, jobs.progress, jobs.organisation_id
from public.jobs join public.domains on domains.id = jobs.domain_id;
