-- Purpose: every confirmation against an official document.
-- Parameters: 1 the last commit to read.
-- Grain: one confirmation, oldest first.
SELECT
    subject, name, version, item, confirmation.person, document, page, document_sha256,
    recorded_at
FROM reference.confirmation AS confirmation
JOIN journal.commit AS entry USING (commit_no)
WHERE commit_no <= ?
ORDER BY commit_no, ordinal
