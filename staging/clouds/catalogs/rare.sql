-- What is seldom made.
select o.kind, o.name, o.within, json_build_object('definition', pg_get_statisticsobjdef(s.oid),
                                          'target', nullif(stxstattarget, -1))
from other o join pg_statistic_ext s on s.oid = o.oid where o.kind = 'statistics'
union all
select o.kind, o.name, o.within, json_build_object(
  'provider', collprovider, 'deterministic', collisdeterministic, 'collate', collcollate,
  'ctype', collctype,
  'locale', coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale'),
  'rules', to_jsonb(c) ->> 'collicurules')
from other o join pg_collation c on c.oid = o.oid where o.kind = 'collation'
union all
select o.kind, o.name, o.within, json_build_object(
  'function', oprcode::regprocedure::text, 'result', oprresult::regtype::text,
  'commutator', nullif(oprcom, 0)::regoperator::text,
  'negator', nullif(oprnegate, 0)::regoperator::text,
  'merges', oprcanmerge, 'hashes', oprcanhash)
from other o join pg_operator p on p.oid = o.oid where o.kind = 'operator'
union all
select o.kind, o.name, o.within, json_build_object(
  'type', opcintype::regtype::text, 'default', opcdefault,
  'operators', (select string_agg(format('%s %s', amopstrategy, amopopr::regoperator), ', '
                                  order by amopstrategy, amopopr::regoperator::text)
                from pg_amop where amopfamily = opcfamily),
  'functions', (select string_agg(format('%s %s', amprocnum, amproc::regprocedure), ', '
                                  order by amprocnum, amproc::regprocedure::text)
                from pg_amproc where amprocfamily = opcfamily))
from other o join pg_opclass c on c.oid = o.oid where o.kind = 'operator class'
union all
select o.kind, o.name, o.within, json_build_object(
  'function', nullif(castfunc, 0)::regprocedure::text, 'context', castcontext,
  'method', castmethod)
from other o join pg_cast c on c.oid = o.oid where o.kind = 'cast'
union all
select o.kind, o.name, o.within, json_build_object(
  'parser', (select prsname from pg_ts_parser p where p.oid = cfgparser),
  'mappings', (select string_agg(format('%s %s', maptokentype, mapdict::regdictionary), ', '
                                 order by maptokentype, mapseqno)
               from pg_ts_config_map where mapcfg = c.oid))
from other o join pg_ts_config c on c.oid = o.oid where o.kind = 'text search configuration'
union all
select o.kind, o.name, o.within, json_build_object(
  'template', (select tmplname from pg_ts_template t where t.oid = dicttemplate),
  'options', dictinitoption)
from other o join pg_ts_dict d on d.oid = o.oid where o.kind = 'text search dictionary'
