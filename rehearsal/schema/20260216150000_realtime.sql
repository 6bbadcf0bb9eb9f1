-- Dashboards follow jobs and notifications as they change.

alter table public.jobs replica identity full;
alter publication supabase_realtime add table public.jobs;
alter publication supabase_realtime add table public.notifications;
