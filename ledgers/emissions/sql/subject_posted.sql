-- Purpose: the calculation runs over the activities of the commit in the making.
-- Parameters: variable commit_no. Grain: one activity.
CREATE OR REPLACE TEMP VIEW subject AS
SELECT commit_no AS activity_commit, ordinal AS activity_ordinal, * EXCLUDE (commit_no, ordinal)
FROM emissions.activity
WHERE commit_no = getvariable('commit_no');
