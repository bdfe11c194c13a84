-- Purpose: which files speak of which enterprises, for enterprises in more than one file.
-- Parameters: view taken. Grain: one file and enterprise.
SELECT DISTINCT source, enterprise_id
FROM taken
SEMI JOIN (
    SELECT enterprise_id FROM taken GROUP BY enterprise_id HAVING min(source) <> max(source)
) USING (enterprise_id);
