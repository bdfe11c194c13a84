-- Purpose: each instrument as it would stand after the package: its latest event.
-- Grain: institution and business number. `project_key` is '' without a project.
CREATE OR REPLACE TEMP TABLE latest_instrument AS
SELECT i.*, coalesce(p.project_key, '') AS project_key, coalesce(c.credit_code, '') AS credit_code
FROM (
    SELECT *
    FROM after_instrument
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, business_no
        ORDER BY event_date DESC, commit_no DESC, ordinal DESC
    ) = 1
) AS i
LEFT JOIN after_project AS p
    ON p.institution_id = i.institution_id AND p.project_no = i.project_no AND i.project_no <> ''
LEFT JOIN after_customer AS c
    ON c.institution_id = i.institution_id AND c.customer_no = i.customer_no
