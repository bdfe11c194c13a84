-- Purpose: the rows that expectations judge, each with where a person finds it and whether it was
-- set aside: as a row, or with its whole file.
-- Parameters: view rule_rows; variables gate_faults (list of fault files), gate_names (MAP of
-- sha256 to file name).
-- Grain: one typed row.
CREATE OR REPLACE TEMP VIEW judged_rows AS
WITH refused AS (
    SELECT DISTINCT source, sheet, row_no
    FROM read_parquet(getvariable('gate_faults'))
    WHERE severity = 'E'
)
SELECT
    r.*,
    coalesce(getvariable('gate_names')[r.source], r.source) AS file,
    f.source IS NOT NULL
    OR r.source IN (SELECT source FROM refused WHERE row_no = 0) AS set_aside
FROM rule_rows AS r
LEFT JOIN refused AS f
    ON f.source = r.source AND f.sheet = r.sheet AND f.row_no = r.row_no;
