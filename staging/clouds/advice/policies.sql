-- Policies, on Supabase's tables too, as far as they are the application's.
select schemaname as schema, tablename as table, policyname as name,
       coalesce(qual, '') as condition, coalesce(with_check, '') as check
from pg_policies
where schemaname = any(%(schemas)s) or schemaname in ('storage', 'realtime')
order by 1, 2, 3
