-- Purpose: who changed one kind of reference row of this book, when and why, newest first.
-- Parameters: $kind (of the commit). Grain: commit.
SELECT commit_no, person, reason, recorded_at, key, body_sha256
FROM journal.commit
WHERE book = 'dual control' AND kind = $kind
ORDER BY commit_no DESC
