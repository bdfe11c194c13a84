-- Purpose: rows that came for a month that was closed and are not posted yet: those that belong
-- to a month of the span, and those that a run of such a month brought.
-- Parameters: $months; $commit_no (the last commit to read); $enterprise ('' = every one).
-- Grain: one waiting row or part of a bill.
SELECT
    w.commit_no || '-' || w.ordinal AS waiting_id,
    w.enterprise_id,
    w.enterprise_name,
    w.month,
    w.carrier,
    w.flow,
    w.facility,
    w.period_start,
    w.period_end,
    w.quantity_text,
    w.quantity,
    w.unit,
    w.source,
    w.sheet,
    w.row_no,
    coalesce(s.name, '') AS source_name,
    c.recorded_at,
    c.person
FROM emissions.waiting AS w
JOIN journal.commit AS c ON c.commit_no = w.commit_no
LEFT JOIN (
    SELECT source, min(name) FILTER (name <> '') AS name FROM emissions.source GROUP BY source
) AS s ON s.source = w.source
WHERE (w.month IN (SELECT unnest($months)) OR c.month IN (SELECT unnest($months)))
    AND w.commit_no <= $commit_no
    AND ($enterprise = '' OR w.enterprise_id = $enterprise)
    AND NOT EXISTS (
        SELECT 1
        FROM emissions.activity AS a
        WHERE a.waiting_commit = w.commit_no
            AND a.waiting_ordinal = w.ordinal
            AND a.commit_no <= $commit_no
    )
    AND NOT EXISTS (
        SELECT 1
        FROM emissions.waiting_end AS d
        WHERE d.waiting_commit = w.commit_no
            AND d.waiting_ordinal = w.ordinal
            AND d.commit_no <= $commit_no
    )
ORDER BY w.enterprise_id, w.month, w.carrier, w.source, w.sheet, w.row_no, w.commit_no, w.ordinal
