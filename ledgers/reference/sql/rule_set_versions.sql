-- Purpose: every version of every rule set.
-- Parameters: 1 the last commit to read.
-- Grain: (rule_set, version).
SELECT rule_set, version, origin, file_name, sha256, row_count
FROM reference.rule_set
WHERE commit_no <= ?
ORDER BY rule_set, version
