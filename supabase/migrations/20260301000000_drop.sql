alter table public.jobs drop column source_type;
