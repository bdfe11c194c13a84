-- Purpose: the activities that stand and that factors which moved can reach.
-- Parameters: $months, $carriers (lists). Grain: one activity.
CREATE OR REPLACE TEMP TABLE touched AS
SELECT commit_no, ordinal
FROM emissions.live_activity
WHERE list_contains($months::VARCHAR[], month) AND list_contains($carriers::VARCHAR[], carrier);
