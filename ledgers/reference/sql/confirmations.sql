-- Purpose: every confirmation against an official document; of what a person of this ledger
-- brought in only those that name another as the second person.
-- Parameters: 1 the last commit to read.
-- Grain: one confirmation, oldest first.
WITH held AS (
    SELECT 'factor' AS subject, edition AS name, version, origin
    FROM reference.edition
    UNION ALL
    SELECT 'method_edition', edition, version, origin
    FROM reference.method_edition
    UNION ALL
    SELECT
        'rule', rule_set,
        row_number() OVER (PARTITION BY rule_set ORDER BY commit_no, ordinal), origin
    FROM reference.rule_set
)
SELECT
    subject, name, version, item, confirmation.person, document, page, document_sha256,
    recorded_at
FROM reference.confirmation AS confirmation
JOIN journal.commit AS entry USING (commit_no)
JOIN held USING (subject, name, version)
WHERE commit_no <= ?
    AND (
        held.origin = 'shipped'
        OR EXISTS (
            SELECT 1
            FROM reference.second_person AS second
            WHERE second.commit_no = confirmation.commit_no
                AND second.confirmed_by = confirmation.person
                AND second.subject = confirmation.subject
                AND second.name = confirmation.name
                AND second.version = confirmation.version
                AND second.item = confirmation.item
        )
    )
ORDER BY commit_no, confirmation.ordinal
