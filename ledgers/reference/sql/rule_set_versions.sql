-- Purpose: every version of every rule set; `number` counts them in the order of loading.
-- Parameters: 1 the last commit to read.
-- Grain: (rule_set, version).
SELECT
    rule_set, version, origin, file_name, sha256, row_count,
    row_number() OVER (PARTITION BY rule_set ORDER BY commit_no, ordinal) AS number
FROM reference.rule_set
WHERE commit_no <= ?
ORDER BY rule_set, number
