-- Foreign keys, each with its columns in the order of the key.
select n.nspname as schema, t.relname as table, k.conname as name,
       array(select quote_ident(attname) from unnest(k.conkey) with ordinality as key(number, place)
             join pg_attribute on attrelid = k.conrelid and attnum = number order by place)
         as columns,
       format('%%I.%%I', rn.nspname, r.relname) as refers
from pg_constraint k join pg_class t on t.oid = k.conrelid
join pg_namespace n on n.oid = t.relnamespace
join pg_class r on r.oid = k.confrelid join pg_namespace rn on rn.oid = r.relnamespace
where k.contype = 'f' and n.nspname = any(%(schemas)s) and not t.relispartition
and k.conparentid = 0
order by 1, 2, 3
