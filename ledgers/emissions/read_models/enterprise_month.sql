-- Purpose: what stands in the ledger for each enterprise and month, in whole quanta.
-- Parameters: none; runs on a published copy.
-- Grain: enterprise, month, method edition and method, boundary, scope, category, measure, carrier,
-- flow, tier.
CREATE OR REPLACE TABLE read_model.enterprise_month AS
SELECT
    a.enterprise_id,
    e.month,
    r.method_edition,
    r.method,
    r.boundary,
    r.gwp_edition,
    r.counted,
    r.scope,
    r.category,
    r.measure,
    a.carrier,
    a.flow,
    e.tier,
    sum(e.value)::HUGEINT AS value,
    count(*) AS entries
FROM emissions.live_entry AS e
JOIN emissions.activity AS a
    ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
GROUP BY ALL
ORDER BY ALL
