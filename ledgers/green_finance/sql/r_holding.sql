-- Purpose: the holdings of the package with the instrument below and the one above.
-- Grain: one holding row of the package.
CREATE OR REPLACE TEMP TABLE r_holding AS
SELECT
    h.*,
    a.kind AS holder_kind,
    a.business_no IS NOT NULL AS known_holder,
    u.business_no IS NOT NULL AS known_underlying,
    coalesce(u.transferred, false) AS transferred,
    u.balance AS underlying_balance
FROM in_holding AS h
LEFT JOIN latest_instrument AS a
    ON a.institution_id = getvariable('institution') AND a.business_no = h.holder_no
LEFT JOIN latest_instrument AS u
    ON u.institution_id = h.underlying_institution AND u.business_no = h.underlying_no
