// Which of DuckDB's functions the model's SQL may call. What stands after FROM can reach files, settings and raw memory,
// so there only what is listed is allowed; of the others, which compute, those with an effect are refused. The tests hold
// both against a list of all functions of the DuckDB that we ship: a new version's are to be judged before they pass.

/** After FROM. Those that read a file reach what `allowed_paths` names, and nothing else. */
export const ALLOWED_TABLE_FUNCTIONS: ReadonlySet<string> = new Set(
  `generate_series range repeat repeat_row unnest histogram histogram_values json_each json_tree glob
  read_blob read_csv read_csv_auto read_json read_json_auto read_json_objects read_json_objects_auto read_ndjson
  read_ndjson_auto read_ndjson_objects read_parquet read_text sniff_csv
  parquet_bloom_probe parquet_file_metadata parquet_full_metadata parquet_kv_metadata parquet_metadata parquet_scan
  parquet_schema duckdb_columns duckdb_functions duckdb_keywords duckdb_tables duckdb_types duckdb_views
  icu_calendar_names pg_timezone_names pragma_show pragma_table_info pragma_version`.split(/\s+/),
);

/** They write a log, wait, keep a state, take a query as a text, or show what is not the query's. */
export const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set(
  `current_query current_setting currval getenv getvariable json_deserialize_sql json_execute_serialized_sql
  json_serialize_plan json_serialize_sql nextval pg_sleep query query_table setseed sleep_ms write_log`.split(/\s+/),
);

/** DuckDB's own views of what is refused above, by another name; each of its other views shows the query's own tables. */
export const REFUSED_VIEWS: ReadonlySet<string> = new Set(["duckdb_logs", "pg_prepared_statements", "pg_settings"]);
