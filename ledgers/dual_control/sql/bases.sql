-- Purpose: method editions and boundaries under which anything stands, and the industries met.
-- Parameters: $commit_no. Grain: method edition, boundary.
SELECT method_edition, boundary, list(DISTINCT industry) AS industries
FROM emissions.resolution
WHERE commit_no <= $commit_no
GROUP BY ALL
ORDER BY ALL
