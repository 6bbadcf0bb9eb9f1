-- A job's counters follow its tasks; a change of a row shows in updated_at.

create function public.count_task() returns trigger
    language plpgsql
    security definer
    set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        update public.jobs
        set total_tasks = total_tasks + 1,
            skipped_tasks = skipped_tasks + (new.status = 'skipped')::integer,
            sitemap_tasks = sitemap_tasks + (new.source_type = 'sitemap')::integer,
            found_tasks = found_tasks + (new.source_type = 'link')::integer
        where id = new.job_id;
    elsif new.status is distinct from old.status then
        update public.jobs
        set completed_tasks = completed_tasks
                + (new.status = 'completed')::integer - (old.status = 'completed')::integer,
            failed_tasks = failed_tasks
                + (new.status = 'failed')::integer - (old.status = 'failed')::integer,
            skipped_tasks = skipped_tasks
                + (new.status = 'skipped')::integer - (old.status = 'skipped')::integer
        where id = new.job_id;
    end if;
    return new;
end;
$$;
comment on function public.count_task() is 'Keeps the counters of a job equal to its tasks.';

create trigger tasks_are_counted
    after insert or update of status on public.tasks
    for each row execute function public.count_task();

create function public.touch() returns trigger
    language plpgsql
    set search_path = ''
as $$
begin
    new.updated_at = now();
    return new;
end;
$$;

create trigger users_are_touched before update on public.users
    for each row execute function public.touch();
create trigger organisations_are_touched before update on public.organisations
    for each row execute function public.touch();
