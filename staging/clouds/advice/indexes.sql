-- Indexes with what makes one like another, what they are for, and how often they were read.
select n.nspname as schema, t.relname as table, c.relname as name, m.amname as method,
       array(select pg_get_indexdef(c.oid, k, true) from generate_series(1, i.indnkeyatts) k)
         as columns,
       array(select pg_get_indexdef(c.oid, k, true)
             from generate_series(i.indnkeyatts + 1, i.indnatts) k) as included,
       concat_ws(' ', i.indclass::text, i.indoption::text, i.indcollation::text,
                 to_jsonb(i) ->> 'indnullsnotdistinct') as ways,
       coalesce(pg_get_expr(i.indpred, i.indrelid), '') as predicate,
       i.indisunique as unique, i.indisvalid as valid, i.indisreplident as identity,
       exists (select from pg_constraint k where k.conindid = c.oid) as constrains,
       t.relispartition as partition,
       coalesce(s.idx_scan, 0) as scans, pg_relation_size(c.oid) as bytes
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
join pg_namespace n on n.oid = t.relnamespace join pg_am m on m.oid = c.relam
left join pg_stat_all_indexes s on s.indexrelid = c.oid
where n.nspname = any(%(schemas)s) and t.relkind in ('r', 'p', 'm')
and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
order by 1, 2, 3
