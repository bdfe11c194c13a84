-- Purpose: what was calculated again as entries of a commit, after its other entries.
-- Parameters: $commit_no, $first (ordinal of the first), $cause; temp table recalculated.
-- Grain: one measure of one activity.
INSERT INTO emissions.entry
SELECT
    $commit_no, row_number() OVER (ORDER BY activity_commit, activity_ordinal, proof_id) - 1
    + $first, activity_commit, activity_ordinal, month, resolution_id, proof_id, value, tier,
    'restatement', $cause, NULL, NULL
FROM recalculated
ORDER BY 2;
