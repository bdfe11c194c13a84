-- Purpose: how many rows of each file broke each rule.
-- Parameters: $months; $commit_no (the last commit to read).
-- Grain: rule, severity, source file.
SELECT
    r.rule,
    r.severity,
    r.source,
    coalesce(min(s.name), '') AS source_name,
    count(DISTINCT (r.sheet, r.row_no)) AS fault_rows
FROM emissions.rejection AS r
JOIN journal.commit AS c ON c.commit_no = r.commit_no
LEFT JOIN (
    SELECT source, min(name) FILTER (name <> '') AS name FROM emissions.source GROUP BY source
) AS s ON s.source = r.source
WHERE c.month IN (SELECT unnest($months)) AND r.commit_no <= $commit_no
GROUP BY r.rule, r.severity, r.source
ORDER BY r.severity, r.rule, source_name, r.source
