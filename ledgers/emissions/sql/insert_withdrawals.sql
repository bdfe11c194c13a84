-- Purpose: record which activities no longer stand. Parameters: $commit_no; temp table withdrawn.
-- Grain: one activity.
INSERT INTO emissions.withdrawal
SELECT
    $commit_no, row_number() OVER (ORDER BY activity_commit, activity_ordinal) - 1,
    activity_commit, activity_ordinal, cause, from_source, by_source
FROM withdrawn
ORDER BY 2;
