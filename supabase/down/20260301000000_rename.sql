alter table public.jobs rename column origin to source_type;
