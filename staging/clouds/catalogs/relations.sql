-- Tables, views, sequences and the columns of them.
select o.kind, o.name, o.within, json_build_object(
  'persistence', case relpersistence when 'u' then 'unlogged' else 'logged' end,
  'row security', case when relrowsecurity then 'on' else 'off' end,
  'forced row security', case when relforcerowsecurity then 'on' else 'off' end,
  'replica identity', case relreplident when 'd' then 'default' when 'n' then 'nothing'
      when 'f' then 'full' else (select 'index ' || i.relname from pg_index x
          join pg_class i on i.oid = indexrelid where indrelid = c.oid and indisreplident) end,
  'partition key', pg_get_partkeydef(c.oid),
  'partition bound', pg_get_expr(relpartbound, c.oid),
  'inherits', (select string_agg(inhparent::regclass::text, ', ' order by inhseqno)
               from pg_inherits where inhrelid = c.oid),
  'of type', nullif(reloftype, 0)::regtype::text,
  'access method', (select amname from pg_am where pg_am.oid = relam),
  'clustered on', (select i.relname from pg_index x join pg_class i on i.oid = indexrelid
                   where indrelid = c.oid and indisclustered),
  'order', (select jsonb_agg(attname order by attnum) from pg_attribute
            where attrelid = c.oid and attnum > 0 and not attisdropped),
  'server', (select srvname from pg_foreign_table join pg_foreign_server s on s.oid = ftserver
             where ftrelid = c.oid),
  'option', case when reloptions is not null then (
      select json_object_agg(option_name, option_value) from pg_options_to_table(reloptions)) end)
from object o join pg_class c on c.oid = o.oid and classid = 'pg_class'::regclass and subid = 0
where o.kind in ('table', 'foreign table')
union all
select o.kind, o.name, o.within, json_build_object(
  'definition', pg_get_viewdef(c.oid),
  'option', case when reloptions is not null then (
      select json_object_agg(option_name, option_value) from pg_options_to_table(reloptions)) end)
from object o join pg_class c on c.oid = o.oid where o.kind in ('view', 'materialized view')
union all
select o.kind, o.name, o.within, json_build_object(
  'type', format_type(seqtypid, null), 'start', seqstart, 'increment', seqincrement,
  'minimum', seqmin, 'maximum', seqmax, 'cache', seqcache, 'cycle', seqcycle,
  'generated', case attidentity when 'a' then 'always' when 'd' then 'by default' end,
  'sequence', case deptype when 'i' then o.oid::regclass::text end,
  'owned by', case deptype when 'a' then fed.relation::regclass || '.' || attname end)
from object o join pg_sequence on seqrelid = o.oid
left join fed on sequence = o.oid
left join pg_attribute a on attrelid = fed.relation and a.attnum = fed.attnum
where o.kind in ('sequence', 'identity')
union all
select o.kind, o.name, o.within, json_build_object(
  'type', format_type(atttypid, atttypmod), 'not null', attnotnull,
  'default', case attgenerated when '' then pg_get_expr(adbin, adrelid) end,
  'generated', case when attgenerated <> '' then pg_get_expr(adbin, adrelid)
      || case attgenerated when 's' then ' stored' else ' virtual' end end,
  'collation', case when attcollation <> typcollation then attcollation::regcollation::text end,
  'storage', case when attstorage <> typstorage then attstorage end,
  'compression', nullif(attcompression, ''),
  'statistics target', nullif(attstattarget, -1),
  'option', case when attoptions is not null then (
      select json_object_agg(option_name, option_value) from pg_options_to_table(attoptions)) end)
from col o join pg_attribute a on attrelid = o.oid and attnum = subid
join pg_type t on t.oid = atttypid left join pg_attrdef on adrelid = o.oid and adnum = attnum
where o.kind = 'column'
union all
select o.kind, o.name, o.within, json_build_object('default', pg_get_expr(adbin, adrelid))
from col o join pg_attrdef on adrelid = o.oid and adnum = subid where o.kind = 'view column'
