-- Functions, aggregates and types.
select o.kind, o.name, o.within, json_build_object(
  'arguments', pg_get_function_arguments(p.oid), 'result', pg_get_function_result(p.oid),
  'language', lanname, 'body', coalesce(pg_get_function_sqlbody(p.oid), prosrc),
  'library', probin, 'window', prokind = 'w',
  'security', case when prosecdef then 'definer' else 'invoker' end,
  'volatility', case provolatile when 'i' then 'immutable' when 's' then 'stable'
                else 'volatile' end,
  'parallel', case proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end,
  'strict', proisstrict, 'leakproof', proleakproof, 'cost', procost, 'rows', prorows,
  'support', nullif(prosupport, 0)::regproc::text,
  'setting', case when proconfig is not null then (
      select json_object_agg(option_name, option_value) from pg_options_to_table(proconfig)) end)
from object o join pg_proc p on p.oid = o.oid join pg_language l on l.oid = prolang
where o.classid = 'pg_proc'::regclass
union all
select o.kind, o.name, o.within,
       (to_jsonb(a) - 'aggfnoid' - 'aggsortop' || jsonb_build_object(
         'aggtranstype', format_type(aggtranstype, null),
         'aggmtranstype', format_type(nullif(aggmtranstype, 0), null),
         'aggsortop', nullif(aggsortop, 0)::regoperator::text))::json
from object o join pg_aggregate a on aggfnoid = o.oid where o.kind = 'aggregate'
union all
select o.kind, o.name, o.within, json_build_object('labels',
  (select jsonb_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = o.oid))
from object o where o.kind = 'enum'
union all
select o.kind, o.name, o.within, json_build_object('attributes',
  (select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', '
                     order by attnum)
   from pg_attribute where attrelid = typrelid and attnum > 0 and not attisdropped))
from object o join pg_type t on t.oid = o.oid where o.kind = 'composite type'
union all
select o.kind, o.name, o.within, json_build_object(
  'type', format_type(typbasetype, typtypmod), 'not null', typnotnull, 'default', typdefault,
  'collation', nullif(typcollation, 0)::regcollation::text)
from object o join pg_type t on t.oid = o.oid where o.kind = 'domain'
union all
select o.kind, o.name, o.within, json_build_object(
  'subtype', format_type(rngsubtype, null), 'multirange', rngmultitypid::regtype::text,
  'collation', nullif(rngcollation, 0)::regcollation::text,
  'canonical', nullif(rngcanonical, 0)::regproc::text,
  'difference', nullif(rngsubdiff, 0)::regproc::text,
  'operator class', (select format('%I.%I', nspname, opcname) from pg_opclass c
                     join pg_namespace n on n.oid = opcnamespace where c.oid = rngsubopc))
from object o join pg_range on rngtypid = o.oid where o.kind = 'range type'
union all
select o.kind, o.name, o.within, json_build_object(
  'input', typinput::text, 'output', typoutput::text, 'length', typlen, 'category', typcategory,
  'defined', typisdefined, 'alignment', typalign, 'storage', typstorage)
from object o join pg_type t on t.oid = o.oid where o.kind = 'base type'
