-- Purpose: what all lenders hold in each project, by layer: balances of project-bound instruments
-- and the newest allocations of bonds.
-- Grain: project key. `first` is the sum of the first layer, in CNY.
CREATE OR REPLACE TEMP TABLE layers AS
WITH parts AS (
    SELECT project_key, institution_id, business_no, layer, balance AS held
    FROM latest_instrument
    WHERE project_key <> '' AND kind IN ('loan', 'lease')
    UNION ALL
    SELECT p.project_key, a.institution_id, a.business_no, a.layer, a.allocated AS held
    FROM (
        SELECT *
        FROM after_allocation
        WHERE use = 'project'
        QUALIFY row_number() OVER (
            PARTITION BY institution_id, business_no, project_no ORDER BY as_of DESC
        ) = 1
    ) AS a
    JOIN after_project AS p
        ON p.institution_id = a.institution_id AND p.project_no = a.project_no
),
projects AS (
    SELECT
        project_key,
        max(total_investment) AS investment,
        max(coalesce(capital, 0)) AS capital,
        count(DISTINCT total_investment) AS investments
    FROM after_project
    GROUP BY project_key
)
SELECT
    p.project_key,
    p.investment,
    p.capital,
    p.investments,
    coalesce(sum(x.held) FILTER (x.layer <> 'refinancing'), 0)::DECIMAL(38, 2) AS first,
    coalesce(sum(x.held) FILTER (x.layer = 'refinancing'), 0)::DECIMAL(38, 2) AS memo,
    count(DISTINCT x.institution_id) AS lenders
FROM projects AS p
LEFT JOIN parts AS x ON x.project_key = p.project_key
GROUP BY ALL
