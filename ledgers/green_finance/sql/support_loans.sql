-- Purpose: disbursements of carbon-reduction loans up to a day, with their project.
-- Parameters: $day; $institution.
-- Grain: one disbursement.
SELECT
    i.business_no,
    i.event_date,
    coalesce(i.event_amount, i.amount) AS amount,
    i.rate,
    coalesce(p.project_key, '') AS project_key,
    coalesce(p.total_investment, 0) AS investment
FROM (
    SELECT *
    FROM finance.instrument
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, business_no, event, event_date
        ORDER BY commit_no DESC, ordinal DESC
    ) = 1 AND state = 'stands'
) AS i
LEFT JOIN (
    SELECT *
    FROM finance.project
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, project_no ORDER BY commit_no DESC, ordinal DESC
    ) = 1 AND state = 'stands'
) AS p ON p.institution_id = i.institution_id AND p.project_no = i.project_no
WHERE i.institution_id = $institution
    AND i.support_tool
    AND i.event = 'disbursed'
    AND i.event_date <= $day
ORDER BY i.event_date, i.business_no
