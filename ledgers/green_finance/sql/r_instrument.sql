-- Purpose: the instrument rows of the package with what is known of them, for the rules.
-- Parameters: {line} and {editions} from the table of editions, {days} its days.
-- Grain: one instrument row of the package.
CREATE OR REPLACE TEMP TABLE r_instrument AS
WITH previous AS (
    SELECT *
    FROM now_instrument
    WHERE institution_id = getvariable('institution')
    QUALIFY row_number() OVER (
        PARTITION BY business_no ORDER BY event_date DESC, commit_no DESC, ordinal DESC
    ) = 1
),
proofs AS (
    SELECT
        subject_no,
        bool_or(proves = 'use_of_funds') AS use_of_funds,
        bool_or(proves = 'green_revenue') AS green_revenue
    FROM after_evidence
    WHERE subject_kind = 'instrument' AND institution_id = getvariable('institution')
    GROUP BY subject_no
),
open_risks AS (
    SELECT customer_no, bool_or(major) AS major
    FROM after_risk
    WHERE institution_id = getvariable('institution') AND NOT rectified
    GROUP BY customer_no
),
finances AS (
    SELECT credit_code, max_by(equity + debt, year) AS company, max_by(evic, year) AS evic,
        max(year) AS year
    FROM after_entity_finance
    WHERE institution_id = getvariable('institution')
    GROUP BY credit_code
),
dated AS (
    SELECT
        *,
        approved_on AS approved,
        disbursed_on AS disbursed,
        issued_on AS issued,
        filed_on AS filed,
        registered_on AS registered,
        signed_on AS signed
    FROM in_instrument
),
lined AS (
    SELECT *, {line} AS line FROM dated
),
decided AS (
    SELECT *, {editions} AS editions FROM lined
)
SELECT
    i.*,
    list_filter(
        [
            CASE WHEN i.gfspc_code <> '' THEN 'GFSPC-2025' END,
            CASE WHEN i.pboc_code <> '' THEN 'PBOC-GL-2019' END,
            CASE WHEN i.cbirc_code <> '' THEN 'CBIRC-GF-2020' END,
            CASE WHEN i.cbrc_code <> '' THEN 'CBRC-GC-2013' END,
            CASE WHEN i.bond_code <> '' THEN bond_edition(i.bond_code) END
        ],
        lambda e: e IS NOT NULL
    ) AS coded,
    count(*) OVER (PARTITION BY i.business_no, i.event, i.event_date) AS repeats,
    k.business_no IS NOT NULL AS known_record,
    v.business_no IS NOT NULL AS known_business,
    v.recognised_on AS before_recognised,
    concat_ws('|', v.gfspc_code, v.pboc_code, v.cbirc_code, v.cbrc_code, v.bond_code)
        AS before_codes,
    concat_ws('|', i.gfspc_code, i.pboc_code, i.cbirc_code, i.cbrc_code, i.bond_code) AS codes,
    v.origination_value AS before_origination,
    c.customer_no IS NOT NULL AS known_customer,
    coalesce(c.credit_code, '') AS credit_code,
    coalesce(c.listed, false) AS listed,
    p.project_no IS NOT NULL AS known_project,
    coalesce(p.project_key, '') AS project_key,
    p.total_investment,
    p.currency AS project_currency,
    p.ends_on,
    concat_ws('|', p.gfspc_code, p.pboc_code, p.cbirc_code, p.cbrc_code, p.bond_code)
        AS project_codes,
    l.first,
    l.memo,
    l.investment,
    l.capital,
    l.investments,
    l.lenders,
    o.business_no IS NOT NULL AS loop,
    t.business_no IS NOT NULL AS known_refinanced,
    coalesce(e.use_of_funds, false) AS use_of_funds,
    coalesce(e.green_revenue, false) AND coalesce(i.green_revenue_share, 0) >= 0.5
        AS green_revenue,
    x.customer_no IS NOT NULL AS open_risk,
    coalesce(x.major, false) AS open_major,
    y.score AS option_score,
    y.option IS NOT NULL AS known_option,
    f.year AS finance_year,
    CASE
        WHEN i.asset_class = 'project_finance' THEN p.total_investment
        WHEN i.asset_class IN ('commercial_real_estate', 'mortgages', 'motor_vehicle_loans')
            THEN i.origination_value
        WHEN coalesce(c.listed, false) THEN f.evic
        WHEN i.asset_class <> '' THEN f.company
    END AS denominator,
    d.disclosure IS NOT NULL AS disclosed
FROM decided AS i
LEFT JOIN previous AS v ON v.business_no = i.business_no
LEFT JOIN now_instrument AS k
    ON k.institution_id = getvariable('institution') AND k.business_no = i.business_no
        AND k.event = i.event AND k.event_date = i.event_date
LEFT JOIN after_customer AS c
    ON c.institution_id = getvariable('institution') AND c.customer_no = i.customer_no
LEFT JOIN after_project AS p
    ON p.institution_id = getvariable('institution') AND p.project_no = i.project_no
        AND i.project_no <> ''
LEFT JOIN layers AS l ON l.project_key = p.project_key
LEFT JOIN loops AS o
    ON o.institution_id = getvariable('institution') AND o.business_no = i.business_no
LEFT JOIN latest_instrument AS t
    ON t.institution_id = getvariable('institution') AND t.business_no = i.refinances
        AND i.refinances <> ''
LEFT JOIN proofs AS e ON e.subject_no = i.business_no
LEFT JOIN open_risks AS x ON x.customer_no = i.customer_no
LEFT JOIN pcaf_option AS y ON y.asset_class = i.asset_class AND y.option = i.pcaf_option
LEFT JOIN finances AS f ON f.credit_code = c.credit_code AND f.credit_code <> ''
LEFT JOIN (SELECT institution_id, record_no, any_value(disclosure) AS disclosure
    FROM finance.disclosed WHERE record_kind = 'instrument' GROUP BY ALL) AS d
    ON d.institution_id = getvariable('institution') AND d.record_no = i.business_no
