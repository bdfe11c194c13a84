-- Purpose: the project rows of the package with their owner, their layers and their history.
-- Grain: one project row of the package.
CREATE OR REPLACE TEMP TABLE r_project AS
SELECT
    p.*,
    count(*) OVER (PARTITION BY p.project_no) AS repeats,
    c.customer_no IS NOT NULL AS known_customer,
    v.project_no IS NOT NULL AS known_record,
    concat_ws('|', v.gfspc_code, v.pboc_code, v.cbirc_code, v.cbrc_code, v.bond_code)
        AS before_codes,
    concat_ws('|', p.gfspc_code, p.pboc_code, p.cbirc_code, p.cbrc_code, p.bond_code) AS codes,
    coalesce(l.first, 0) AS first,
    coalesce(l.memo, 0) AS memo,
    coalesce(l.investments, 1) AS investments,
    coalesce(l.investment, p.total_investment) AS investment
FROM in_project AS p
LEFT JOIN after_customer AS c
    ON c.institution_id = getvariable('institution') AND c.customer_no = p.customer_no
LEFT JOIN now_project AS v
    ON v.institution_id = getvariable('institution') AND v.project_no = p.project_no
LEFT JOIN layers AS l ON l.project_key = p.project_key
