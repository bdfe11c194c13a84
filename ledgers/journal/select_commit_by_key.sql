-- The commit that was made under a key.
-- Parameters: key. Grain: one row or none.
SELECT
    commit_no, book, kind, key, body_sha256, month, person, reason, recorded_at,
    header, prev_hash, hash
FROM journal.commit
WHERE key = ?
