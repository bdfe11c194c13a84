-- Purpose: the newest use of proceeds of one bond at the end of a day, with the projects.
-- Parameters: $institution, $number, $day.
-- Grain: project, or the idle part.
WITH uses AS (
    SELECT * FROM (
        SELECT *
        FROM finance.allocation
        WHERE institution_id = $institution AND business_no = $number
        QUALIFY row_number() OVER (
            PARTITION BY business_no, project_no, use, as_of ORDER BY commit_no DESC, ordinal DESC
        ) = 1 AND state = 'stands'
    )
    WHERE as_of <= $day
    QUALIFY row_number() OVER (PARTITION BY project_no, use ORDER BY as_of DESC) = 1
),
projects AS (
    SELECT *
    FROM finance.project
    WHERE institution_id = $institution
    QUALIFY row_number() OVER (
        PARTITION BY project_no ORDER BY commit_no DESC, ordinal DESC
    ) = 1 AND state = 'stands'
)
SELECT
    u.use,
    u.project_no,
    coalesce(p.project_key, '') AS project_key,
    coalesce(p.name, '') AS name,
    coalesce(nullif(p.gfspc_code, ''), nullif(p.bond_code, ''), '') AS code,
    p.operating_on,
    u.as_of,
    u.allocated,
    u.spent,
    u.layer,
    u.package,
    u.sheet,
    u.row_no
FROM uses AS u
LEFT JOIN projects AS p ON p.project_no = u.project_no
ORDER BY u.use DESC, u.project_no
