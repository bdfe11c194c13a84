-- Purpose: what a calculation changed, by enterprise, month, method edition and measure.
-- Parameters: temp tables to_reverse, recalculated, made_resolution. Grain: one such group.
SELECT
    a.enterprise_id, x.month, x.method_edition, x.scope, x.category, x.measure,
    sum(x.before)::HUGEINT AS before, sum(x.after)::HUGEINT AS after,
    count(DISTINCT (x.activity_commit, x.activity_ordinal)) AS activities
FROM (
    SELECT
        e.activity_commit, e.activity_ordinal, e.month, p.method_edition, p.scope, p.category,
        p.measure, e.value AS before, 0 AS after
    FROM emissions.entry AS e
    JOIN to_reverse AS r ON r.commit_no = e.commit_no AND r.ordinal = e.ordinal
    JOIN emissions.resolution AS p ON p.resolution_id = e.resolution_id
    UNION ALL
    SELECT
        c.activity_commit, c.activity_ordinal, c.month, m.method_edition, m.scope, m.category,
        m.measure, 0, c.value
    FROM recalculated AS c
    JOIN made_resolution AS m ON m.resolution_id = c.resolution_id
) AS x
JOIN emissions.activity AS a
    ON a.commit_no = x.activity_commit AND a.ordinal = x.activity_ordinal
GROUP BY ALL
ORDER BY ALL;
