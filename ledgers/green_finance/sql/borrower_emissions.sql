-- Purpose: what the emission ledger holds of enterprises in a year, in whole quanta, for the
-- borrowers among them: entries that stand and count.
-- Parameters: $months; $enterprises; $preferred (edition|boundary, best first).
-- Grain: enterprise, GWP edition, measure. `closed` is the number of its months that are closed.
WITH standing AS (
    SELECT
        a.enterprise_id,
        e.month,
        e.value,
        r.measure,
        r.gwp_edition,
        list_position($preferred::VARCHAR[], r.method_edition || '|' || r.boundary) AS place
    FROM emissions.live_entry AS e
    JOIN emissions.activity AS a
        ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
    JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
    WHERE e.month IN (SELECT unnest($months::VARCHAR[]))
        AND a.enterprise_id IN (SELECT unnest($enterprises::VARCHAR[]))
        AND r.counted
        AND r.scope IN ('1', '2')
),
chosen AS (
    SELECT enterprise_id, min(place) AS place FROM standing GROUP BY ALL
)
SELECT s.enterprise_id, s.gwp_edition, s.measure, sum(s.value)::HUGEINT AS value,
    count(DISTINCT s.month) AS months
FROM standing AS s
JOIN chosen AS c ON c.enterprise_id = s.enterprise_id AND c.place = s.place
GROUP BY ALL
ORDER BY ALL
