-- Sequences with how far they are; a column may end before its sequence does.
select n.nspname as schema, c.relname as name, s.last_value as last, q.seqincrement as step,
       q.seqcycle as cycles, q.seqmax as most,
       case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647
            else 9223372036854775807 end as fits,
       has_sequence_privilege(c.oid, 'select, usage') as readable,
       case when a.attname is null then '' else format('%%I.%%I.%%I', n.nspname, t.relname, a.attname) end
         as used_by
from pg_sequence q join pg_class c on c.oid = q.seqrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_sequences s on s.schemaname = n.nspname and s.sequencename = c.relname
left join pg_depend d on d.objid = c.oid and d.classid = 'pg_class'::regclass
     and d.deptype in ('a', 'i') and d.refobjsubid > 0
left join pg_class t on t.oid = d.refobjid
left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where n.nspname = any(%(schemas)s)
order by 1, 2
