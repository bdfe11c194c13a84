-- Purpose: which version of which edition came with which commit.
-- Parameters: none. Grain: one version of an edition of factors ('factor') or of methods.
SELECT 'factor' AS subject, edition, version, commit_no
FROM reference.edition
UNION ALL
SELECT 'method_edition', edition, version, commit_no
FROM reference.method_edition
ORDER BY ALL
