-- All commits in their order.
-- Parameters: none. Grain: one row a commit.
SELECT
    commit_no, book, kind, key, body_sha256, month, person, reason, recorded_at,
    header, prev_hash, hash
FROM journal.commit
ORDER BY commit_no
