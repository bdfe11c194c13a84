-- Purpose: what goes back to the senders after a run of a month: faults that reject, of rows that
-- the run could have taken, could not type, or finds outside the window for good, and those that
-- posting alone finds (no factor, no proof, too large). Rows that stand or wait are left out.
-- A reading is found in the sum of its stream and day only if it cannot have been left out of it:
-- what posting or the window refuses is the whole sum.
-- Parameters: lists $faults, $typed (Parquet files), $sources (sha256); $first_day, $last_day;
-- $target (path of the Parquet file). Grain: one fault.
COPY (
    WITH fault AS (
        SELECT source, sheet, row_no, column_name, rule, severity, seen, facts
        FROM read_parquet($faults::VARCHAR[])
        WHERE severity = 'E'
        UNION
        SELECT source, sheet, row_no, column_name, rule, severity, seen, facts
        FROM emissions.rejection
        WHERE severity = 'E' AND starts_with(rule, 'FA-')
            AND list_contains($sources::VARCHAR[], source)
    ),
    refused AS (
        SELECT source, sheet, row_no, bool_and(rule = 'PE-01' OR starts_with(rule, 'FA-')) AS whole,
            bool_or(rule = 'PE-01') AS outside
        FROM fault
        GROUP BY source, sheet, row_no
    ),
    placed AS (
        SELECT
            r.*, t.enterprise_id, t.facility, t.device, t.carrier, t.flow, t.period_start
        FROM refused AS r
        LEFT JOIN read_parquet($typed::VARCHAR[]) AS t USING (source, sheet, row_no)
        WHERE t.row_no IS NULL OR r.outside
            OR t.period_end BETWEEN $first_day::DATE AND $last_day::DATE
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
    back AS (
        SELECT p.source, p.sheet, p.row_no
        FROM placed AS p
        ANTI JOIN (FROM taken_before WHERE row_count = 1) AS b USING (source, sheet, row_no)
        ANTI JOIN taken_before AS s
            ON p.whole AND s.row_count > 1 AND s.source = p.source AND s.sheet = p.sheet
            AND s.enterprise_id = p.enterprise_id AND s.facility = p.facility
            AND s.device = p.device AND s.carrier = p.carrier AND s.flow = p.flow
            AND s.period_start = p.period_start AND p.row_no BETWEEN s.row_no AND s.row_last
    )
    SELECT f.*
    FROM fault AS f
    SEMI JOIN back USING (source, sheet, row_no)
    ORDER BY source, sheet, row_no, rule, column_name
) TO $target (FORMAT parquet);
