-- Purpose: the policy settings in force.
-- Parameters: 1 the last commit to read.
-- Grain: one key.
SELECT key, value
FROM reference.setting
WHERE commit_no <= ?
QUALIFY row_number() OVER (PARTITION BY key ORDER BY commit_no DESC, ordinal DESC) = 1
ORDER BY key
