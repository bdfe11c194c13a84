-- Purpose: entries that the new calculation does not give in the same way are to be reversed.
-- Parameters: $cause; temp tables standing, fresh. Grain: one entry.
INSERT INTO to_reverse
SELECT commit_no, ordinal, $cause
FROM standing
ANTI JOIN fresh USING (
    activity_commit, activity_ordinal, value, method_edition, method, measure, parameters
);
