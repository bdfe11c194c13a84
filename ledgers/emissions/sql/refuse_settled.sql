-- Purpose: of files that the month took before, leave out every row but those that were rejected
-- then and were not posted or kept waiting since.
-- Parameters: $sources (list of sha256); view typed. Grain: one row of a file.
INSERT INTO refused_row
SELECT source, sheet, row_no
FROM typed
WHERE list_contains($sources::VARCHAR[], source)
    AND (
        NOT EXISTS (
            SELECT 1 FROM emissions.rejection AS r
            WHERE r.source = typed.source AND r.sheet = typed.sheet AND r.severity = 'E'
                AND (r.row_no = typed.row_no OR r.row_no = 0)
        )
        OR EXISTS (
            SELECT 1 FROM emissions.activity AS a
            WHERE a.source = typed.source AND a.sheet = typed.sheet
                AND typed.row_no BETWEEN a.row_no AND a.row_last
        )
        OR EXISTS (
            SELECT 1 FROM emissions.waiting AS w
            WHERE w.source = typed.source AND w.sheet = typed.sheet
                AND typed.row_no BETWEEN w.row_no AND w.row_last
        )
    );
