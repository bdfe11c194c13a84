-- Purpose: of what was calculated again, only what does not stand already is posted.
-- Parameters: temp tables standing, fresh. Grain: one measure of one activity.
CREATE OR REPLACE TEMP TABLE recalculated AS
SELECT activity_commit, activity_ordinal, month, resolution_id, proof_id, value, tier
FROM fresh
ANTI JOIN standing USING (
    activity_commit, activity_ordinal, value, method_edition, method, measure, parameters
);
