-- Purpose: the activities of some months that stand. Parameters: $months (list).
-- Grain: one activity.
CREATE OR REPLACE TEMP TABLE touched AS
SELECT commit_no, ordinal
FROM emissions.live_activity
WHERE list_contains($months::VARCHAR[], month);
