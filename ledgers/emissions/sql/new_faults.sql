-- Purpose: the faults that this commit has to record: those of rows that the run takes, of rows
-- that could not be typed, and of rows outside the window, which no run would take, unless one
-- took them while they were inside; and of these what no earlier commit recorded. The facts of a
-- typed row's fault say whose row it is (those of an untyped one do where it can be read).
-- Parameters: $sources (list of sha256 of the batch); views fault, typed; variables first_day,
-- last_day. Grain: one fault.
INSERT INTO new_fault
WITH outside AS (
    SELECT DISTINCT source, sheet, row_no FROM fault WHERE rule = 'PE-01'
),
never_taken AS (
    FROM outside
    ANTI JOIN (
        SELECT a.source, a.sheet, a.row_no
        FROM emissions.activity AS a
        SEMI JOIN outside USING (source, sheet, row_no)
    ) USING (source, sheet, row_no)
)
SELECT DISTINCT f.source, f.sheet, f.row_no, f.column_name, f.rule, f.severity, f.seen,
    CASE WHEN t.row_no IS NULL THEN f.facts
    ELSE json_merge_patch(json_object('enterprise_id', t.enterprise_id), f.facts)::VARCHAR
    END AS facts
FROM fault AS f
LEFT JOIN typed AS t
    ON t.source = f.source AND t.sheet = f.sheet AND t.row_no = f.row_no
LEFT JOIN never_taken AS n
    ON n.source = f.source AND n.sheet = f.sheet AND n.row_no = f.row_no
WHERE list_contains($sources::VARCHAR[], f.source)
    AND (
        t.row_no IS NULL
        OR t.period_end BETWEEN getvariable('first_day') AND getvariable('last_day')
        OR n.row_no IS NOT NULL
    );
