-- Purpose: the projects that stand, by their canonical key; of several total investments the
-- largest, which claims least.
-- Grain: project key.
SELECT project_key, min_by(name, commit_no) AS name, max(total_investment) AS investment
FROM (
    SELECT *
    FROM finance.project
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, project_no ORDER BY commit_no DESC, ordinal DESC
    ) = 1 AND state = 'stands'
)
GROUP BY project_key
ORDER BY project_key
