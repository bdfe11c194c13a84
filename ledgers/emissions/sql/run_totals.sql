-- Purpose: what the commits of one call brought. Parameters: $commits (list). Grain: one row.
SELECT
    (
        SELECT count(*) FROM emissions.activity
        WHERE list_contains($commits::BIGINT[], commit_no)
    ) AS activities,
    count(*) FILTER (kind <> 'reversal') AS entries,
    count(*) FILTER (kind = 'reversal') AS reversals
FROM emissions.entry
WHERE list_contains($commits::BIGINT[], commit_no);
