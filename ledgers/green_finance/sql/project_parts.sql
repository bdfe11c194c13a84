-- Purpose: what every instrument holds in every project at the end of a day: balances of loans and
-- leases, the newest allocations of bonds.
-- Parameters: $day.
-- Grain: project key and instrument.
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
    WHERE event_date <= $day
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, business_no
        ORDER BY event_date DESC, commit_no DESC, ordinal DESC
    ) = 1
),
projects AS (
    SELECT institution_id, project_no, project_key
    FROM finance.project
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, project_no ORDER BY commit_no DESC, ordinal DESC
    ) = 1 AND state = 'stands'
),
allocations AS (
    SELECT * FROM (
        SELECT *
        FROM finance.allocation
        QUALIFY row_number() OVER (
            PARTITION BY institution_id, business_no, project_no, use, as_of
            ORDER BY commit_no DESC, ordinal DESC
        ) = 1 AND state = 'stands'
    )
    WHERE as_of <= $day AND use = 'project'
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, business_no, project_no ORDER BY as_of DESC
    ) = 1
)
SELECT p.project_key, i.institution_id, i.business_no, i.layer, i.balance AS held
FROM standing AS i
JOIN projects AS p ON p.institution_id = i.institution_id AND p.project_no = i.project_no
WHERE i.kind IN ('loan', 'lease') AND NOT i.transferred
UNION ALL
SELECT p.project_key, a.institution_id, a.business_no, a.layer, a.allocated
FROM allocations AS a
JOIN projects AS p ON p.institution_id = a.institution_id AND p.project_no = a.project_no
ORDER BY ALL
