-- Production's rows: enough to notice if any of them turned up in staging.

insert into public.organisations (id, name, email_domain, plan_id)
select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Customer ' || n,
       'c' || n || '.customer.example', '26879ad7-bac2-46ee-a8ef-cc701e7802f1'
from generate_series(1, 5) n;

insert into public.users (id, email, full_name, organisation_id)
select ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
       'person' || n || '@c' || (n % 5 + 1) || '.customer.example', 'Person ' || n,
       ('00000000-0000-4000-8000-' || lpad((n % 5 + 1)::text, 12, '0'))::uuid
from generate_series(1, 20) n;

insert into public.organisation_members (organisation_id, user_id)
select organisation_id, id from public.users;

insert into public.domains (name) select 'shop' || n || '.customer.example' from generate_series(1, 5) n;
insert into public.pages (domain_id, path)
select d.id, '/page/' || n from public.domains d, generate_series(1, 40) n;

insert into public.jobs (id, domain_id, organisation_id, status, started_at, completed_at, created_at)
select ('20000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n % 5 + 1,
       ('00000000-0000-4000-8000-' || lpad((n % 5 + 1)::text, 12, '0'))::uuid, 'completed',
       now() - interval '1 day' * n, now() - interval '1 day' * n + interval '3 minutes',
       now() - interval '1 day' * n - interval '10 seconds'
from generate_series(1, 12) n;

insert into public.tasks (
    job_id, page_id, path, status, status_code, response_time, cache_status,
    second_response_time, second_cache_status, content_type, started_at, completed_at
)
select j.id, p.id, p.path, 'completed', 200, 400 + p.id::integer % 300, 'MISS',
       30 + p.id::integer % 40, 'HIT', 'text/html', j.started_at, j.started_at + interval '1 second'
from public.jobs j join public.pages p on p.domain_id = j.domain_id;
update public.jobs set completed_tasks = total_tasks where status = 'completed';
