-- pg_cron can be in one database of a server only: in another, jobs are kept and never run.
create schema if not exists cron;
create table cron.job (
  jobid bigint generated always as identity primary key, schedule text not null,
  command text not null, nodename text default 'localhost', nodeport int default 5432,
  database text default current_database(), username text default current_user,
  active boolean not null default true, jobname text unique
);
create function cron.schedule(job_name text, schedule text, command text) returns bigint
language sql set search_path = '' as $$
  insert into cron.job (jobname, schedule, command) values (job_name, schedule, command)
  on conflict (jobname) do update set schedule = excluded.schedule, command = excluded.command
  returning jobid
$$;
create function cron.schedule(schedule text, command text) returns bigint
language sql set search_path = '' as $$
  insert into cron.job (schedule, command) values (schedule, command) returning jobid
$$;
create function cron.unschedule(job_name text) returns boolean
language sql set search_path = '' as $$
  with gone as (delete from cron.job where jobname = job_name returning 1)
  select exists (select from gone)
$$;
create function cron.unschedule(job_id bigint) returns boolean
language sql set search_path = '' as $$
  with gone as (delete from cron.job where jobid = job_id returning 1)
  select exists (select from gone)
$$;
