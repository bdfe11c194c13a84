-- Purpose: the calculated values as entries of a commit, after the reversals of the same commit.
-- Parameters: $commit_no, $first (ordinal of the first); temp tables calculated and caused
-- (activities whose entries carry a cause).
-- Grain: one measure of one activity.
INSERT INTO emissions.entry
SELECT
    $commit_no, row_number() OVER () - 1 + $first, c.activity_commit, c.activity_ordinal,
    c.month, c.resolution_id, c.proof_id, c.value, c.tier, 'post', coalesce(x.cause, ''),
    NULL, NULL
FROM calculated AS c
LEFT JOIN caused AS x
    ON x.activity_commit = c.activity_commit AND x.activity_ordinal = c.activity_ordinal;
