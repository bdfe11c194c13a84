-- Purpose: the rows of every version of every rule set.
-- Parameters: 1 the last commit to read.
-- Grain: one key of one version of a rule set.
SELECT * EXCLUDE (commit_no, ordinal)
FROM reference.rule
WHERE commit_no <= ?
ORDER BY rule_set, version, commit_no, ordinal
