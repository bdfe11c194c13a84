-- Purpose: put the values computed in integers beside the others.
-- Parameters: lists $commits, $ordinals, $proofs, $values of one length; temp table calculated.
-- Grain: one measure of one activity.
UPDATE calculated SET value = x.value
FROM (
    SELECT
        unnest($commits::BIGINT[]) AS activity_commit,
        unnest($ordinals::BIGINT[]) AS activity_ordinal,
        unnest($proofs::INTEGER[]) AS proof_id,
        unnest($values::BIGINT[]) AS value
) AS x
WHERE calculated.value IS NULL
    AND calculated.activity_commit = x.activity_commit
    AND calculated.activity_ordinal = x.activity_ordinal
    AND calculated.proof_id = x.proof_id;
