-- The application's main queries, as it asks them. After a load test each is run a few times and
-- explained; whose rows it asks for is taken from the data. Only reads: the session refuses others.

-- name: an organisation's latest jobs
select * from public.jobs
where organisation_id = (select organisation_id from public.jobs order by created_at desc limit 1)
order by created_at desc
limit 20;

-- name: a job's pages
select t.*, p.path as page
from public.tasks t join public.pages p on p.id = t.page_id
where t.job_id = (select id from public.jobs order by created_at desc limit 1)
order by t.created_at
limit 100;

-- name: the next task that is due
select id, job_id, page_id from public.tasks
where status = 'pending'
order by created_at
limit 1;

-- name: jobs that are open
select id, status from public.jobs
where status in ('pending', 'initializing', 'running');

-- name: a dashboard's figures
select count(*), count(*) filter (where status = 'completed'), sum(total_tasks)
from public.jobs
where organisation_id = (select organisation_id from public.jobs order by created_at desc limit 1)
  and created_at > now() - interval '7 days';

-- name: the slowest pages of an organisation
select t.path, t.response_time
from public.tasks t join public.jobs j on j.id = t.job_id
where j.organisation_id = (select organisation_id from public.jobs order by created_at desc limit 1)
  and t.response_time is not null
order by t.response_time desc
limit 20;

-- name: unread notifications
select count(*) from public.notifications
where organisation_id = (select id from public.organisations order by created_at desc limit 1)
  and read_at is null;
