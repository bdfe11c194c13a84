-- Purpose: the files in hand in their order of arrival, which is that of their paths.
-- Parameters: variable rule_paths (list of Parquet files). Grain: one file.
CREATE OR REPLACE TEMP TABLE rule_arrival AS
SELECT source, min(list_position(getvariable('rule_paths'), filename)) AS place
FROM (
    SELECT DISTINCT source, filename
    FROM read_parquet(getvariable('rule_paths'), filename = true)
)
GROUP BY source
