-- Purpose: reverse entries: the posted value negated, never computed again.
-- Parameters: $commit_no; temp table to_reverse (commit_no, ordinal, cause). Grain: one entry.
INSERT INTO emissions.entry
SELECT
    $commit_no, row_number() OVER (ORDER BY e.commit_no, e.ordinal) - 1, e.activity_commit,
    e.activity_ordinal, e.month, e.resolution_id, e.proof_id, -e.value, e.tier, 'reversal',
    x.cause, e.commit_no, e.ordinal
FROM emissions.entry AS e
JOIN to_reverse AS x ON x.commit_no = e.commit_no AND x.ordinal = e.ordinal
ORDER BY 2;
