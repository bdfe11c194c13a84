-- Purpose: the calculated values as entries of a commit, after the reversals of the same commit.
-- They are numbered as they lie in `calculated`, which nothing was ever deleted from: a window
-- over all rows would run in one thread.
-- Parameters: $commit_no, $first (ordinal of the first), $lowest (least rowid); temp tables calculated and caused
-- (activities whose entries carry a cause).
-- Grain: one measure of one activity.
INSERT INTO emissions.entry
SELECT
    $commit_no, c.rowid - $lowest + $first, c.activity_commit, c.activity_ordinal,
    c.month, c.resolution_id, c.proof_id, c.value, c.tier, 'post', coalesce(x.cause, ''),
    NULL, NULL
FROM calculated AS c
LEFT JOIN caused AS x
    ON x.activity_commit = c.activity_commit AND x.activity_ordinal = c.activity_ordinal;
