-- Purpose: every version of every method edition with its TOML text.
-- Parameters: 1 the last commit to read.
-- Grain: (edition, version).
SELECT edition, version, origin, state, file_name, sha256, body
FROM reference.method_edition
WHERE commit_no <= ?
ORDER BY edition, version
