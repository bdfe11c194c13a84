-- Purpose: the activities of one enterprise that stand. Parameters: $enterprise, $months (list).
-- Grain: one activity.
CREATE OR REPLACE TEMP TABLE touched AS
SELECT commit_no, ordinal
FROM emissions.live_activity
WHERE enterprise_id = $enterprise AND list_contains($months::VARCHAR[], month);
