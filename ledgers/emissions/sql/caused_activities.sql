-- Purpose: activities of the commit in the making that came in the place of others.
-- Parameters: variable commit_no; temp table replacing_row. Grain: one activity.
CREATE OR REPLACE TEMP TABLE caused AS
SELECT a.commit_no AS activity_commit, a.ordinal AS activity_ordinal, max(r.cause) AS cause
FROM emissions.activity AS a
JOIN replacing_row AS r
    ON r.source = a.source AND r.sheet = a.sheet AND r.row_no = a.row_no
WHERE a.commit_no = getvariable('commit_no')
GROUP BY a.commit_no, a.ordinal;
