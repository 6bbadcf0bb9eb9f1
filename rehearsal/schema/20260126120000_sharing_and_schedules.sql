-- Links that show a job to anybody, and jobs that come again.

create table public.job_share_links (
    id uuid primary key default gen_random_uuid(),
    job_id uuid not null references public.jobs on delete cascade,
    token text not null unique,
    created_by uuid references public.users,
    created_at timestamptz not null default now(),
    revoked_at timestamptz
);
create unique index job_share_links_one_live on public.job_share_links (job_id)
    where revoked_at is null;

create table public.schedulers (
    id uuid primary key default gen_random_uuid(),
    domain_id integer not null references public.domains,
    organisation_id uuid not null references public.organisations on delete cascade,
    schedule_interval_hours integer not null check (schedule_interval_hours in (6, 12, 24, 48)),
    next_run_at timestamptz not null,
    is_enabled boolean not null default true,
    concurrency integer not null default 20,
    find_links boolean not null default true,
    max_pages integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organisation_id, domain_id)
);
create index schedulers_domain on public.schedulers (domain_id);
alter table public.jobs
    add constraint jobs_scheduler foreign key (scheduler_id)
    references public.schedulers on delete set null;
create index jobs_scheduler_created on public.jobs (scheduler_id, created_at desc);
create trigger schedulers_are_touched before update on public.schedulers
    for each row execute function public.touch();
