-- What the server's settings are to everybody: `reset_val`, unless this session brought its own.
select 'setting', name, null, case
  when pg_settings.name is null then '{"hidden": "this role may not read it"}'::json
  when source in ('client', 'user', 'database user', 'database', 'session', 'interactive')
  then json_build_object('hidden', 'set for this session: ' || source)
  else json_strip_nulls(json_build_object('value', reset_val, 'unit', unit)) end
from unnest('{
  autovacuum, autovacuum_analyze_scale_factor, autovacuum_max_workers, autovacuum_naptime,
  autovacuum_vacuum_cost_delay, autovacuum_vacuum_scale_factor, bytea_output,
  checkpoint_completion_target, checkpoint_timeout, DateStyle, deadlock_timeout,
  default_statistics_target, default_table_access_method, default_text_search_config,
  default_toast_compression, default_transaction_isolation,
  effective_cache_size, effective_io_concurrency, extra_float_digits,
  idle_in_transaction_session_timeout, idle_session_timeout, IntervalStyle, jit, lc_messages,
  lc_monetary, lc_numeric, lc_time, lock_timeout, log_lock_waits, log_min_duration_statement,
  log_statement, maintenance_work_mem, max_connections, max_locks_per_transaction,
  max_parallel_maintenance_workers, max_parallel_workers, max_parallel_workers_per_gather,
  max_prepared_transactions, max_replication_slots, max_slot_wal_keep_size, max_wal_senders,
  max_wal_size, max_worker_processes, min_wal_size, password_encryption, random_page_cost,
  seq_page_cost, session_preload_libraries, session_replication_role,
  shared_buffers, shared_preload_libraries, standard_conforming_strings, statement_timeout,
  synchronous_commit, temp_buffers, temp_file_limit, TimeZone, track_activity_query_size,
  track_functions, track_io_timing, transaction_timeout, wal_level, work_mem,
  cron.database_name, pg_stat_statements.max, pg_stat_statements.track,
  superuser_reserved_connections
}'::text[]) as name left join pg_settings using (name)
where pg_settings.name is not null or name like '%preload_libraries'
