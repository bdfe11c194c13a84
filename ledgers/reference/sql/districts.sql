-- Purpose: the districts known, later commits superseding earlier ones.
-- Parameters: 1 the last commit to read.
-- Grain: one district code.
SELECT * EXCLUDE (commit_no, ordinal)
FROM register.district
WHERE commit_no <= ?
QUALIFY row_number() OVER (PARTITION BY district ORDER BY commit_no DESC, ordinal DESC) = 1
ORDER BY district
