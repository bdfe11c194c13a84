-- Purpose: what enterprises are called in the files that they sent.
-- Parameters: $commit_no (the last commit to read).
-- Grain: one enterprise.
SELECT enterprise_id, arg_max(enterprise_name, commit_no) AS name
FROM emissions.activity
WHERE commit_no <= $commit_no
GROUP BY enterprise_id
