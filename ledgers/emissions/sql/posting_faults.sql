-- Purpose: the faults that posting alone finds (no factor, no proof, too large), of rows that were
-- not posted and do not wait since; for the workbooks that go back to the senders.
-- Parameters: $sources (list of sha256), $target (path of the Parquet file).
-- Grain: one fault.
COPY (
    SELECT DISTINCT r.source, r.sheet, r.row_no, r.column_name, r.rule, r.severity, r.seen, r.facts
    FROM emissions.rejection AS r
    WHERE list_contains($sources::VARCHAR[], r.source)
        AND r.severity = 'E'
        AND starts_with(r.rule, 'FA-')
        AND NOT EXISTS (
            FROM emissions.activity AS a
            WHERE a.commit_no > r.commit_no AND a.source = r.source AND a.sheet = r.sheet
                AND r.row_no BETWEEN a.row_no AND a.row_last
        )
        AND NOT EXISTS (
            FROM emissions.waiting AS w
            WHERE w.commit_no > r.commit_no AND w.source = r.source AND w.sheet = r.sheet
                AND r.row_no BETWEEN w.row_no AND w.row_last
        )
    ORDER BY r.source, r.sheet, r.row_no, r.rule
) TO $target (FORMAT parquet);
