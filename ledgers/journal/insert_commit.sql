-- Adds one commit to the chain.
-- Parameters: the columns in order. Grain: one row a commit.
INSERT INTO journal.commit (
    commit_no, book, kind, key, body_sha256, month, person, reason, recorded_at,
    header, prev_hash, hash
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
