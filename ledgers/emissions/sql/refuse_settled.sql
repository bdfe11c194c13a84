-- Purpose: of files that the month took before, leave out every row but those that were rejected
-- then and were not posted or kept waiting since. The rows of a sum of readings may lie between
-- those of others, so that it must be a sum of their stream and day.
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
                AND (a.row_count = 1 OR (
                    a.enterprise_id = typed.enterprise_id AND a.facility = typed.facility
                    AND a.device = typed.device AND a.carrier = typed.carrier
                    AND a.flow = typed.flow AND a.period_start = typed.period_start
                ))
        )
        OR EXISTS (
            SELECT 1 FROM emissions.waiting AS w
            WHERE w.source = typed.source AND w.sheet = typed.sheet
                AND typed.row_no BETWEEN w.row_no AND w.row_last
                AND (w.row_count = 1 OR (
                    w.enterprise_id = typed.enterprise_id AND w.facility = typed.facility
                    AND w.device = typed.device AND w.carrier = typed.carrier
                    AND w.flow = typed.flow AND w.period_start = typed.period_start
                ))
        )
    );
