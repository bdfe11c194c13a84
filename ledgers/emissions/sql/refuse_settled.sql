-- Purpose: of files that the month took before, leave out every row but those that were rejected
-- then and were not posted or kept waiting since. The rows of a sum of readings may lie between
-- those of others: a reading that was rejected is settled when its stream has a sum of its day.
-- Few rows are rejected: these are looked for in the ledger, never its rows in them.
-- Parameters: $sources (list of sha256); view typed. Grain: one row of a file.
INSERT INTO refused_row
WITH rejected AS (
    SELECT DISTINCT source, sheet, row_no
    FROM emissions.rejection
    WHERE severity = 'E' AND list_contains($sources::VARCHAR[], source)
),
again AS (
    SELECT
        source, sheet, row_no, enterprise_id, facility, device, carrier, flow, period_start
    FROM typed
    SEMI JOIN (
        SELECT t.source, t.sheet, t.row_no
        FROM typed AS t
        JOIN rejected AS r USING (source, sheet, row_no)
        UNION
        SELECT t.source, t.sheet, t.row_no
        FROM typed AS t
        JOIN rejected AS r ON r.source = t.source AND r.sheet = t.sheet AND r.row_no = 0
    ) USING (source, sheet, row_no)
),
taken_before AS (
    SELECT
        source, sheet, row_no, row_last, row_count, enterprise_id, facility, device, carrier,
        flow, period_start
    FROM emissions.activity
    WHERE list_contains($sources::VARCHAR[], source)
    UNION ALL
    SELECT
        source, sheet, row_no, row_last, row_count, enterprise_id, facility, device, carrier,
        flow, period_start
    FROM emissions.waiting
    WHERE list_contains($sources::VARCHAR[], source)
),
still_rejected AS (
    SELECT g.source, g.sheet, g.row_no
    FROM again AS g
    ANTI JOIN taken_before AS b USING (source, sheet, row_no)
    ANTI JOIN taken_before AS s
        ON s.row_count > 1 AND s.source = g.source AND s.sheet = g.sheet
        AND s.enterprise_id = g.enterprise_id AND s.facility = g.facility
        AND s.device = g.device AND s.carrier = g.carrier AND s.flow = g.flow
        AND s.period_start = g.period_start AND g.row_no BETWEEN s.row_no AND s.row_last
)
SELECT source, sheet, row_no
FROM typed
ANTI JOIN still_rejected USING (source, sheet, row_no)
WHERE list_contains($sources::VARCHAR[], source);
