-- Tables with what guards and identifies their rows, how they are used, and how full they are.
select n.nspname as schema, c.relname as name, c.relispartition as partition,
       c.relrowsecurity as guarded, c.relkind = 'p' as divided,
       (select count(*) from pg_policy where polrelid = c.oid) as policies,
       exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p') as keyed,
       coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0) as scans,
       coalesce(s.n_live_tup, 0) as live, coalesce(s.n_dead_tup, 0) as dead,
       c.relpages::bigint * current_setting('block_size')::bigint as bytes,
       -- A row has a head of 24 bytes and a pointer of 4; its values are aligned to 8.
       case when w.width is not null and c.reltuples > 0 then
         (c.reltuples * (28 + 8 * ceil(w.width / 8.0)) * 100 / f.fill)::bigint
       when c.reltuples = 0 then 0 end as needed
from pg_class c join pg_namespace n on n.oid = c.relnamespace
left join pg_stat_all_tables s on s.relid = c.oid
cross join lateral (select coalesce((
  select option_value::int from pg_options_to_table(c.reloptions)
  where option_name = 'fillfactor'), 100) as fill) f
left join lateral (
  select sum(avg_width * (1 - null_frac))::numeric as width from pg_stats
  where schemaname = n.nspname and tablename = c.relname) w on true
where c.relkind in ('r', 'p') and n.nspname = any(%(schemas)s)
and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
order by 1, 2
