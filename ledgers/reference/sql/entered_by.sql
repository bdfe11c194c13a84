-- Purpose: who imported a version of something that can be confirmed; nobody for what was shipped.
-- Parameters: $subject, $name, $version (of a rule set: the number of the version).
-- Grain: one person or none.
SELECT entry.person
FROM (
    SELECT 'factor' AS subject, edition AS name, version, origin, commit_no
    FROM reference.edition
    UNION ALL
    SELECT 'method_edition', edition, version, origin, commit_no
    FROM reference.method_edition
    UNION ALL
    SELECT
        'rule', rule_set,
        row_number() OVER (PARTITION BY rule_set ORDER BY commit_no, ordinal), origin, commit_no
    FROM reference.rule_set
) AS held
JOIN journal.commit AS entry USING (commit_no)
WHERE held.subject = $subject AND held.name = $name AND held.version = $version
    AND held.origin = 'imported'
