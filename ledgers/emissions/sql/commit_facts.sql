-- Purpose: what a commit says of itself in its header: rows by what became of them, sums of new and
-- reversed quanta by measure as text.
-- Parameters: $commit_no. Grain: one fact.
SELECT 'files', count(*)::VARCHAR FROM emissions.source WHERE commit_no = $commit_no
UNION ALL
SELECT 'activities', count(*)::VARCHAR FROM emissions.activity WHERE commit_no = $commit_no
UNION ALL
SELECT 'waiting', count(*)::VARCHAR FROM emissions.waiting WHERE commit_no = $commit_no
UNION ALL
SELECT 'withdrawn', count(*)::VARCHAR FROM emissions.withdrawal WHERE commit_no = $commit_no
UNION ALL
SELECT 'faults', count(*)::VARCHAR FROM emissions.rejection WHERE commit_no = $commit_no
UNION ALL
SELECT p.measure || ' ' || p.method_edition || ' ' || e.kind, sum(e.value)::VARCHAR
FROM (
    SELECT resolution_id, kind, sum(value)::HUGEINT AS value
    FROM emissions.entry
    WHERE commit_no = $commit_no
    GROUP BY resolution_id, kind
) AS e
JOIN emissions.resolution AS p ON p.resolution_id = e.resolution_id
GROUP BY p.measure, p.method_edition, e.kind;
