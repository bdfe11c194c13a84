-- Every table that begins with commit_no and ordinal, derived read models left out.
-- Parameters: the schema of read models. Grain: one row a table, as schema.table, by name.
SELECT schema_name || '.' || table_name AS name
FROM duckdb_columns()
JOIN duckdb_tables() USING (database_name, schema_name, table_name)
WHERE database_name = current_database()
    AND schema_name <> ?
    AND (column_name, column_index) IN (('commit_no', 1), ('ordinal', 2))
GROUP BY schema_name, table_name
HAVING count(*) = 2
ORDER BY name
