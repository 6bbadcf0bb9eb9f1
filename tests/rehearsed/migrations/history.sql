-- A history of migrations as a project has them: each file begins with its name.

-- file: 20260301090000_job_notes.sql
set lock_timeout = '3s';
alter table public.jobs add column note text;


-- file: 20260303100700_job_notes_default.sql
set lock_timeout = '3s';
alter table public.jobs alter column note set default '';


-- file: 20260305111400_webhooks.sql
set lock_timeout = '3s';
create table public.webhooks (
    id bigint generated always as identity primary key,
    organisation_id uuid not null references public.organisations on delete cascade,
    url text not null check (url like 'https://%'),
    is_enabled boolean not null default true,
    created_at timestamptz not null default now()
);
alter table public.webhooks enable row level security;
create policy webhooks_of_members on public.webhooks for select to authenticated
    using (organisation_id in (select public.my_organisations()));


-- file: 20260307122100_webhook_secrets.sql
set lock_timeout = '3s';
alter table public.webhooks add column secret_hash bytea;
comment on column public.webhooks.secret_hash is 'What a delivery is signed with; never the secret.';


-- file: 20260309132800_webhook_deliveries.sql
set lock_timeout = '3s';
create table public.webhook_deliveries (
    id bigint generated always as identity primary key,
    webhook_id bigint not null references public.webhooks on delete cascade,
    job_id uuid references public.jobs on delete set null,
    status_code integer,
    attempts integer not null default 0,
    created_at timestamptz not null default now()
);
alter table public.webhook_deliveries enable row level security;
create policy webhook_deliveries_of_members on public.webhook_deliveries for select to authenticated
    using (exists (select from public.webhooks w where w.id = webhook_id
        and w.organisation_id in (select public.my_organisations())));


-- file: 20260311143500_webhook_deliveries_open.sql
create index concurrently webhook_deliveries_open on public.webhook_deliveries (created_at)
    where status_code is null;


-- file: 20260313154200_tasks_by_page.sql
create index concurrently tasks_page on public.tasks (page_id);


-- file: 20260315164900_pages_by_created.sql
create index concurrently pages_created on public.pages (created_at);


-- file: 20260317175600_task_bytes.sql
set lock_timeout = '3s';
alter table public.tasks add column bytes bigint;


-- file: 20260319190300_task_bytes_positive.sql
set lock_timeout = '3s';
alter table public.tasks add constraint tasks_bytes_positive check (bytes >= 0) not valid;


-- file: 20260321201000_task_bytes_validated.sql
set lock_timeout = '3s';
alter table public.tasks validate constraint tasks_bytes_positive;


-- file: 20260323211700_task_attempts.sql
set lock_timeout = '3s';
alter table public.tasks add column attempts integer not null default 0;


-- file: 20260325222400_task_status_paused.sql
alter type public.task_status add value if not exists 'paused';


-- file: 20260327233100_task_status_cancelled.sql
alter type public.task_status add value if not exists 'cancelled';


-- file: 20260330003800_api_keys.sql
set lock_timeout = '3s';
create table public.api_keys (
    id bigint generated always as identity primary key,
    organisation_id uuid not null references public.organisations on delete cascade,
    name text not null,
    prefix text not null unique,
    hash bytea not null,
    last_used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz not null default now()
);
alter table public.api_keys enable row level security;
create policy api_keys_of_members on public.api_keys for select to authenticated
    using (organisation_id in (select public.my_organisations()));


-- file: 20260401014500_api_keys_live.sql
create index concurrently api_keys_live on public.api_keys (organisation_id)
    where revoked_at is null;


-- file: 20260403025200_api_key_scopes.sql
set lock_timeout = '3s';
alter table public.api_keys add column scopes text[] not null default '{read}';


-- file: 20260405035900_audit_log.sql
set lock_timeout = '3s';
create table public.audit_log (
    id bigint generated always as identity primary key,
    organisation_id uuid not null references public.organisations on delete cascade,
    actor uuid references public.users on delete set null,
    action text not null,
    detail jsonb not null default '{}',
    created_at timestamptz not null default now()
);
alter table public.audit_log enable row level security;
create policy audit_log_of_members on public.audit_log for select to authenticated
    using (organisation_id in (select public.my_organisations()));


-- file: 20260407050600_audit_log_function.sql
create function public.audit(organisation uuid, action text, detail jsonb) returns void
    language sql
    security definer
    set search_path = ''
as $$
    insert into public.audit_log (organisation_id, actor, action, detail)
    values (organisation, auth.uid(), action, detail);
$$;
revoke execute on function public.audit from public, anon; -- lint: allow revoke because it is new
grant execute on function public.audit to authenticated;


-- file: 20260409061300_audit_invites.sql
set lock_timeout = '3s';
create function public.audit_invite() returns trigger
    language plpgsql
    security definer
    set search_path = ''
as $$
begin
    perform public.audit(new.organisation_id, 'invite', jsonb_build_object('email', new.email));
    return new;
end;
$$;
create trigger audit_invite after insert on public.organisation_invites
    for each row execute function public.audit_invite();


-- file: 20260411072000_audit_log_by_time.sql
create index concurrently audit_log_time on public.audit_log (organisation_id, created_at desc);


-- file: 20260413082700_domain_settings.sql
set lock_timeout = '3s';
create table public.domain_settings (
    domain_id integer primary key references public.domains on delete cascade,
    robots_delay_seconds integer not null default 1 check (robots_delay_seconds between 0 and 60),
    user_agent text,
    created_at timestamptz not null default now()
);
alter table public.domain_settings enable row level security;
create policy domain_settings_of_members on public.domain_settings for select to authenticated
    using (exists (select from public.jobs j where j.domain_id = domain_settings.domain_id
        and j.organisation_id in (select public.my_organisations())));


-- file: 20260415093400_domain_settings_for_all.sql
insert into public.domain_settings (domain_id) select id from public.domains
on conflict do nothing;


-- file: 20260417104100_domain_verified.sql
set lock_timeout = '3s';
alter table public.domains add column verified_at timestamptz;


-- file: 20260419114800_job_tags.sql
set lock_timeout = '3s';
create table public.job_tags (
    job_id uuid not null references public.jobs on delete cascade,
    tag text not null check (length(tag) between 1 and 40),
    primary key (job_id, tag)
);
alter table public.job_tags enable row level security;
create policy job_tags_of_members on public.job_tags for select to authenticated
    using (exists (select from public.jobs j where j.id = job_id
        and j.organisation_id in (select public.my_organisations())));


-- file: 20260421125500_job_tags_by_tag.sql
create index concurrently job_tags_tag on public.job_tags (tag);


-- file: 20260423140200_job_summary_view.sql
create view public.job_summaries with (security_invoker = true) as
    select id, organisation_id, status, total_tasks, completed_tasks, failed_tasks, created_at
    from public.jobs;


-- file: 20260425150900_job_summary_view_notes.sql
create or replace view public.job_summaries with (security_invoker = true) as
    select id, organisation_id, status, total_tasks, completed_tasks, failed_tasks, created_at, note
    from public.jobs;


-- file: 20260427161600_usage_monthly.sql
create materialized view public.usage_monthly as
    select organisation_id, date_trunc('month', usage_date)::date as month,
           sum(pages_processed) as pages
    from public.daily_usage group by 1, 2;
create unique index usage_monthly_key on public.usage_monthly (organisation_id, month);
revoke all on public.usage_monthly from anon, authenticated; -- lint: allow revoke because it is new


-- file: 20260429172300_usage_monthly_refreshed.sql
refresh materialized view concurrently public.usage_monthly;


-- file: 20260501183000_user_locale.sql
set lock_timeout = '3s';
alter table public.users add column locale text not null default 'en';


-- file: 20260503193700_user_locale_known.sql
set lock_timeout = '3s';
alter table public.users add constraint users_locale_known
    check (locale ~ '^[a-z]{2}(-[A-Z]{2})?$') not valid;


-- file: 20260505204400_user_locale_validated.sql
set lock_timeout = '3s';
alter table public.users validate constraint users_locale_known;


-- file: 20260507215100_user_avatars.sql
set lock_timeout = '3s';
alter table public.users add column avatar_path text;


-- file: 20260509225800_organisation_slug.sql
set lock_timeout = '3s';
alter table public.organisations add column slug text;


-- file: 20260512000500_organisation_slug_filled.sql
set lock_timeout = '3s';
update public.organisations set slug = left(md5(id::text), 12) where slug is null;


-- file: 20260514011200_organisation_slug_unique.sql
create unique index concurrently organisations_slug on public.organisations (slug);


-- file: 20260516021900_organisation_slug_constraint.sql
set lock_timeout = '3s';
alter table public.organisations
    add constraint organisations_slug_key unique using index organisations_slug;


-- file: 20260518032600_organisation_slug_not_null_check.sql
set lock_timeout = '3s';
alter table public.organisations add constraint organisations_slug_there
    check (slug is not null) not valid;


-- file: 20260520043300_organisation_slug_validated.sql
set lock_timeout = '3s';
alter table public.organisations validate constraint organisations_slug_there;


-- file: 20260522054000_organisation_slug_default.sql
set lock_timeout = '3s';
alter table public.organisations
    alter column slug set default replace(gen_random_uuid()::text, '-', '');


-- file: 20260524064700_organisation_slug_not_null.sql
set lock_timeout = '3s';
alter table public.organisations alter column slug set not null;


-- file: 20260526075400_organisation_slug_check_gone.sql
set lock_timeout = '3s';
-- lint: allow ban-drop-constraint because NOT NULL says the same
alter table public.organisations drop constraint organisations_slug_there;


-- file: 20260528090100_crawl_errors.sql
set lock_timeout = '3s';
create table public.crawl_errors (
    id bigint generated always as identity primary key,
    task_id uuid not null,
    organisation_id uuid not null,
    kind text not null,
    message text,
    created_at timestamptz not null default now()
);
alter table public.crawl_errors enable row level security;
create policy crawl_errors_of_members on public.crawl_errors for select to authenticated
    using (organisation_id in (select public.my_organisations()));


-- file: 20260530100800_crawl_errors_task_key.sql
set lock_timeout = '3s';
alter table public.crawl_errors add constraint crawl_errors_task
    foreign key (task_id) references public.tasks on delete cascade not valid;


-- file: 20260601111500_crawl_errors_task_key_validated.sql
set lock_timeout = '3s';
alter table public.crawl_errors validate constraint crawl_errors_task;


-- file: 20260603122200_crawl_errors_by_task.sql
create index concurrently crawl_errors_task_id on public.crawl_errors (task_id);


-- file: 20260605132900_events_partitioned.sql
create table public.events (
    organisation_id uuid not null,
    kind text not null,
    at timestamptz not null
) partition by range (at);
alter table public.events enable row level security;
create policy events_of_members on public.events for select to authenticated
    using (organisation_id in (select public.my_organisations()));
create table public.events_2026_q1 partition of public.events
    for values from ('2026-01-01') to ('2026-04-01');
alter table public.events_2026_q1 enable row level security;


-- file: 20260607143600_events_second_quarter.sql
create table public.events_2026_q2 (like public.events including all);
alter table public.events_2026_q2 enable row level security;
alter table public.events_2026_q2 add constraint in_time
    check (at >= '2026-04-01' and at < '2026-07-01');
alter table public.events attach partition public.events_2026_q2
    for values from ('2026-04-01') to ('2026-07-01');


-- file: 20260609154300_events_by_time.sql
create index events_at on public.events (at); -- lint: allow require-concurrent-index-creation because it has no rows yet


-- file: 20260611165000_notification_channels.sql
set lock_timeout = '3s';
create table public.notification_channels (
    id bigint generated always as identity primary key,
    organisation_id uuid not null references public.organisations on delete cascade,
    kind text not null check (kind in ('email', 'slack', 'webhook')),
    target text not null,
    created_at timestamptz not null default now()
);
alter table public.notification_channels enable row level security;
create policy notification_channels_of_members on public.notification_channels for select to authenticated
    using (organisation_id in (select public.my_organisations()));


-- file: 20260613175700_notification_channel_key.sql
set lock_timeout = '3s';
alter table public.notifications add column channel_id bigint;


-- file: 20260615190400_notification_channel_reference.sql
set lock_timeout = '3s';
alter table public.notifications add constraint notifications_channel
    foreign key (channel_id) references public.notification_channels on delete set null not valid;


-- file: 20260617201100_notification_channel_validated.sql
set lock_timeout = '3s';
alter table public.notifications validate constraint notifications_channel;


-- file: 20260619211800_statistics_of_tasks.sql
alter table public.tasks alter column status set statistics 500;
create statistics public.tasks_job_status (dependencies) on job_id, status from public.tasks;
analyze public.tasks;


-- file: 20260621222500_autovacuum_of_tasks.sql
alter table public.tasks set (autovacuum_vacuum_scale_factor = 0.02);


-- file: 20260623233200_job_counts_function.sql
create function public.open_jobs(organisation uuid) returns bigint
    language sql
    stable
    set search_path = ''
begin atomic
    select count(*) from public.jobs
    where organisation_id = organisation and status in ('pending', 'running');
end;


-- file: 20260626003900_guarded_backfill.sql
do $$
begin
    update public.jobs set note = '' where note is null;
exception when lock_not_available then
    raise notice 'left for later';
end;
$$;
