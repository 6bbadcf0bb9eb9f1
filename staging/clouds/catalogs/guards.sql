-- What holds of a table's rows: constraints, indexes, triggers, policies, rules.
select o.kind, o.name, o.within, json_build_object(
  'definition', pg_get_constraintdef(c.oid), 'valid', indisvalid,
  'enforced', case when exists (select from pg_trigger where tgconstraint = c.oid
                                and tgisinternal and tgenabled = 'D') then 'not' end,
  'option', case when reloptions is not null then (
      select json_object_agg(option_name, option_value) from pg_options_to_table(reloptions)) end)
from object o join pg_constraint c on c.oid = o.oid
left join pg_index on indexrelid = conindid and contype in ('p', 'u', 'x')
left join pg_class i on i.oid = indexrelid
where o.kind = 'constraint'
union all
select o.kind, o.name, o.within, json_build_object(
  'definition', pg_get_indexdef(indexrelid), 'valid', indisvalid and indisready and indislive)
from object o join pg_index on indexrelid = o.oid where o.kind = 'index'
union all
select o.kind, o.name, o.within, json_build_object(
  'definition', pg_get_triggerdef(t.oid),
  'enabled', case tgenabled when 'O' then 'yes' when 'D' then 'no' when 'R' then 'on replicas'
             else 'always' end)
from object o join pg_trigger t on t.oid = o.oid where o.kind = 'trigger'
union all
select o.kind, o.name, o.within, json_build_object(
  'permissive', polpermissive,
  'command', case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
             when 'd' then 'delete' else 'all' end,
  'roles', case when polroles = '{0}' then 'public' else (select string_agg(case r when 0 then 'public' else pg_get_userbyid(r) end, ', '
                              order by case r when 0 then 'public' else pg_get_userbyid(r) end)
            from unnest(polroles) r) end,
  'using', pg_get_expr(polqual, polrelid), 'with check', pg_get_expr(polwithcheck, polrelid))
from object o join pg_policy p on p.oid = o.oid where o.kind = 'policy'
union all
select o.kind, o.name, o.within, json_build_object(
  'definition', pg_get_ruledef(w.oid),
  'enabled', case ev_enabled when 'O' then 'yes' when 'D' then 'no' when 'R' then 'on replicas'
             else 'always' end)
from object o join pg_rewrite w on w.oid = o.oid where o.kind = 'rule'
union all
select 'platform table', name, null, json_build_object(
  'row security', case when relrowsecurity then 'on' else 'off' end,
  'forced row security', case when relforcerowsecurity then 'on' else 'off' end)
from relation join pg_class using (oid) where not own and relation.kind = 'table'
and not relation.relispartition
