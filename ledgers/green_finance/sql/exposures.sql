-- Purpose: every instrument as it stood at the end of a day, with obligor, project, legal tag and
-- what it carries under the list in force, for tables and boards.
-- Parameters: $day; $institution ('' = all).
-- Grain: institution and business number.
WITH events AS (
    SELECT *
    FROM finance.instrument
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, business_no, event, event_date
        ORDER BY commit_no DESC, ordinal DESC
    ) = 1 AND state = 'stands'
),
standing AS (
    SELECT *
    FROM events
    WHERE event_date <= $day AND ($institution = '' OR institution_id = $institution)
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, business_no
        ORDER BY event_date DESC, commit_no DESC, ordinal DESC
    ) = 1
),
tags AS (
    SELECT *
    FROM finance.tag
    WHERE subject_kind = 'instrument'
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, subject_no, edition ORDER BY commit_no DESC, ordinal DESC
    ) = 1
),
legal AS (
    SELECT institution_id, subject_no, any_value(edition) AS edition, any_value(code) AS code
    FROM tags WHERE legal GROUP BY ALL
),
new_list AS (
    SELECT institution_id, subject_no, code FROM tags WHERE edition = 'GFSPC-2025'
),
customers AS (
    SELECT *
    FROM finance.customer
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, customer_no ORDER BY commit_no DESC, ordinal DESC
    ) = 1
),
projects AS (
    SELECT *
    FROM finance.project
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, project_no ORDER BY commit_no DESC, ordinal DESC
    ) = 1 AND state = 'stands'
)
SELECT
    i.institution_id,
    i.business_no,
    i.kind,
    i.green,
    i.transferred,
    i.balance,
    i.amount,
    i.risk_class,
    coalesce(i.overdue_amount, 0) AS overdue,
    i.rate,
    i.industry,
    coalesce(i.pledged_allowances, 0) AS pledged,
    i.asset_class,
    i.origination_value,
    i.matures_on,
    i.issued_on,
    coalesce(c.credit_code, '') AS credit_code,
    coalesce(c.name, '') AS customer,
    coalesce(c.listed, false) AS listed,
    coalesce(p.project_key, '') AS project_key,
    coalesce(p.total_investment, 0) AS investment,
    coalesce(g.edition, '') AS edition,
    coalesce(g.code, '') AS code,
    coalesce(n.code, '') AS new_code,
    i.package,
    i.sheet,
    i.row_no
FROM standing AS i
LEFT JOIN customers AS c
    ON c.institution_id = i.institution_id AND c.customer_no = i.customer_no
LEFT JOIN projects AS p
    ON p.institution_id = i.institution_id AND p.project_no = i.project_no AND i.project_no <> ''
LEFT JOIN legal AS g ON g.institution_id = i.institution_id AND g.subject_no = i.business_no
LEFT JOIN new_list AS n ON n.institution_id = i.institution_id AND n.subject_no = i.business_no
ORDER BY i.institution_id, i.business_no
