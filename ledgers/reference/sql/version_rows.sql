-- Purpose: the factor rows of one version of one edition.
-- Parameters: 1 edition, 2 version.
-- Grain: one factor, in the order of loading.
SELECT * EXCLUDE (commit_no, ordinal)
FROM reference.factor
WHERE edition = ? AND version = ?
ORDER BY commit_no, ordinal
