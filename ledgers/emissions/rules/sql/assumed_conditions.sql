-- Purpose: rows whose gas condition was assumed (UN-03): listed one by one, or, where one sheet
-- has more than $listed of them with the same units, once at the first with their number.
-- Parameters: view rule_rows; temp table rule_unit_fault; $listed.
-- Grain: one row, or one combination of units in a sheet.
INSERT INTO faults BY NAME
WITH groups AS (
    SELECT source, sheet, shape_id, count(*) AS rows, min(row_no) AS row_no
    FROM rule_rows
    WHERE condition_assumed
    GROUP BY source, sheet, shape_id
),
places AS (
    SELECT source, sheet, shape_id, row_no, rows FROM groups WHERE rows > $listed
    UNION ALL
    SELECT r.source, r.sheet, r.shape_id, r.row_no, 1 AS rows
    FROM rule_rows AS r
    JOIN groups AS g USING (source, sheet, shape_id)
    WHERE g.rows <= $listed
)
SELECT
    p.source, p.sheet, p.row_no, f.column_name, f.rule, f.severity, f.seen,
    CAST(
        json_merge_patch(CAST(f.facts AS JSON), to_json({'rows': CAST(p.rows AS VARCHAR)}))
        AS VARCHAR
    ) AS facts
FROM places AS p
JOIN rule_unit_fault AS f ON f.shape_id = p.shape_id
WHERE f.rule = 'UN-03'
