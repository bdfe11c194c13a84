-- Purpose: the allocation rows of the package with their bond and project.
-- Grain: one allocation row of the package.
CREATE OR REPLACE TEMP TABLE r_allocation AS
WITH newest AS (
    SELECT *
    FROM after_allocation
    WHERE institution_id = getvariable('institution')
    QUALIFY row_number() OVER (
        PARTITION BY business_no, project_no, use ORDER BY as_of DESC
    ) = 1
),
sums AS (
    SELECT
        business_no,
        sum(allocated) FILTER (use = 'project')::DECIMAL(38, 2) AS placed,
        sum(spent) FILTER (use = 'project')::DECIMAL(38, 2) AS spent
    FROM newest
    GROUP BY business_no
)
SELECT
    a.*,
    b.business_no IS NOT NULL AS known_bond,
    b.kind AS bond_kind,
    b.amount AS proceeds,
    b.issued_on AS bond_issued,
    b.currency AS bond_currency,
    p.project_no IS NOT NULL AS known_project,
    coalesce(p.gfspc_code || p.pboc_code || p.cbirc_code || p.cbrc_code || p.bond_code, '')
        AS project_codes,
    p.total_investment,
    s.placed,
    s.spent AS spent_all,
    l.first,
    l.investment
FROM in_allocation AS a
LEFT JOIN latest_instrument AS b
    ON b.institution_id = getvariable('institution') AND b.business_no = a.business_no
LEFT JOIN after_project AS p
    ON p.institution_id = getvariable('institution') AND p.project_no = a.project_no
        AND a.project_no <> ''
LEFT JOIN sums AS s ON s.business_no = a.business_no
LEFT JOIN layers AS l ON l.project_key = p.project_key
