-- Purpose: the head of the chain as the ledger stood.
-- Parameters: $commit_no (the last commit to read).
-- Grain: at most one row.
SELECT commit_no, hash, recorded_at
FROM journal.commit
WHERE commit_no <= $commit_no
ORDER BY commit_no DESC
LIMIT 1
