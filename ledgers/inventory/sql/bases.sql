-- Purpose: the method editions and boundaries under which anything was ever booked, and for a span
-- how many enterprises stand under each. Parameters: $months; $commit_no.
-- Grain: method edition, boundary.
SELECT r.method_edition, r.boundary, count(DISTINCT a.enterprise_id) AS enterprises
FROM emissions.entry AS e
JOIN emissions.activity AS a
    ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
WHERE e.month IN (SELECT unnest($months::VARCHAR[])) AND e.commit_no <= $commit_no
    AND r.scope <> 'energy'
GROUP BY ALL
ORDER BY ALL
