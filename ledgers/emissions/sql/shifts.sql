-- Purpose: what a calculation moves against what stands, in whole quanta.
-- Parameters: temp tables to_reverse, recalculated, made_resolution.
-- Grain: enterprise, method edition, boundary, GWP edition, counted or not, measure.
SELECT
    a.enterprise_id, x.method_edition, x.boundary, x.gwp_edition, x.counted, x.measure,
    sum(x.value)::HUGEINT AS value
FROM (
    SELECT
        e.activity_commit, e.activity_ordinal, p.method_edition, p.boundary, p.gwp_edition,
        p.counted, p.measure, -e.value AS value
    FROM emissions.entry AS e
    JOIN to_reverse AS r ON r.commit_no = e.commit_no AND r.ordinal = e.ordinal
    JOIN emissions.resolution AS p ON p.resolution_id = e.resolution_id
    UNION ALL
    SELECT
        c.activity_commit, c.activity_ordinal, m.method_edition, m.boundary, m.gwp_edition,
        m.counted, m.measure, c.value
    FROM recalculated AS c
    JOIN made_resolution AS m ON m.resolution_id = c.resolution_id
) AS x
JOIN emissions.activity AS a
    ON a.commit_no = x.activity_commit AND a.ordinal = x.activity_ordinal
GROUP BY ALL
ORDER BY ALL;
