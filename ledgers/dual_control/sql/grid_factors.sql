-- Purpose: which edition's grid factor stands behind the CO2 of bought electricity in some months.
-- Parameters: $first, $last (months); $commit_no. Grain: the parameters of a resolution.
SELECT DISTINCT r.parameters
FROM emissions.entry AS e
JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
WHERE e.month BETWEEN $first AND $last
    AND e.commit_no <= $commit_no
    AND e.kind <> 'reversal'
    AND r.category LIKE 'electricity%'
ORDER BY ALL
