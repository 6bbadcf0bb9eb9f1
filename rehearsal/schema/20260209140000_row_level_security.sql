-- Everybody sees what is his organisation's; the application itself goes past this as the owner.

create function public.my_organisations() returns setof uuid
    language sql
    stable
    security definer
    set search_path = ''
as $$
    select organisation_id from public.organisation_members where user_id = auth.uid()
$$;
revoke all on function public.my_organisations() from public, anon;
grant execute on function public.my_organisations() to authenticated, service_role;

alter table public.users enable row level security;
alter table public.organisations enable row level security;
alter table public.organisation_members enable row level security;
alter table public.organisation_invites enable row level security;
alter table public.jobs enable row level security;
alter table public.tasks enable row level security;
alter table public.schedulers enable row level security;
alter table public.job_share_links enable row level security;
alter table public.notifications enable row level security;
alter table public.daily_usage enable row level security;
alter table public.domains enable row level security;
alter table public.pages enable row level security;
alter table public.plans enable row level security;
alter table public.page_analytics enable row level security;

create policy "a user sees himself" on public.users for select to authenticated
    using (id = (select auth.uid()));
create policy "a user changes himself" on public.users for update to authenticated
    using (id = (select auth.uid())) with check (id = (select auth.uid()));
create policy "members see their organisation" on public.organisations for select to authenticated
    using (id in (select public.my_organisations()));
create policy "members see members" on public.organisation_members for select to authenticated
    using (organisation_id in (select public.my_organisations()));
create policy "members see invites" on public.organisation_invites for select to authenticated
    using (organisation_id in (select public.my_organisations()));
create policy "members see jobs" on public.jobs for select to authenticated
    using (organisation_id in (select public.my_organisations()));
create policy "members see tasks" on public.tasks for select to authenticated
    using (exists (
        select from public.jobs where jobs.id = job_id
        and jobs.organisation_id in (select public.my_organisations())
    ));
create policy "members see schedulers" on public.schedulers for select to authenticated
    using (organisation_id in (select public.my_organisations()));
create policy "members see notifications" on public.notifications for select to authenticated
    using (organisation_id in (select public.my_organisations()));
create policy "members see usage" on public.daily_usage for select to authenticated
    using (organisation_id in (select public.my_organisations()));
create policy "everybody sees plans" on public.plans for select to anon, authenticated
    using (true);
