-- Purpose: the factor rows of the newest version of every edition.
-- Parameters: 1 the last commit to read (of editions), 2 the same (of factors).
-- Grain: one factor of one edition, in the order of loading.
WITH newest AS (
    SELECT edition, max(version) AS version
    FROM reference.edition
    WHERE commit_no <= ?
    GROUP BY edition
)
SELECT factor.* EXCLUDE (commit_no, ordinal)
FROM reference.factor AS factor
JOIN newest USING (edition, version)
WHERE factor.commit_no <= ?
ORDER BY factor.commit_no, factor.ordinal
