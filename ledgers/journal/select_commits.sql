-- All commits in their order.
-- Parameters: the first number wanted. Grain: one row a commit.
SELECT
    commit_no, book, kind, key, body_sha256, month, person, reason, recorded_at,
    header, prev_hash, hash
FROM journal.commit
WHERE commit_no >= ?
ORDER BY commit_no
