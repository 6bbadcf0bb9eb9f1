alter table public.jobs rename column source_type to origin;
