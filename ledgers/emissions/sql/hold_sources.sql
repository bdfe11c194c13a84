-- Purpose: files with a fault that rejects, where the policy posts no part of such a file.
-- Parameters: $held (list of sha256 that are held in any case); view taken; temp tables new_fault,
-- left_out. Grain: one file.
INSERT INTO held_source
SELECT f.source, coalesce(k.rows, 0) - coalesce(l.rows, 0)
FROM (
    SELECT source FROM new_fault WHERE severity = 'E'
    UNION
    SELECT unnest($held::VARCHAR[])
) AS f
LEFT JOIN (SELECT source, count(*) AS rows FROM taken GROUP BY source) AS k USING (source)
LEFT JOIN (
    SELECT source, sum(rows)::BIGINT AS rows FROM left_out GROUP BY source
) AS l USING (source);
