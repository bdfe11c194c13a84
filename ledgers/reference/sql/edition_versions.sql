-- Purpose: every version of every edition of factors.
-- Parameters: 1 the last commit to read.
-- Grain: (edition, version).
SELECT edition, version, origin, publisher, document, file_name, sha256, row_count, note
FROM reference.edition
WHERE commit_no <= ?
ORDER BY edition, version
