-- Purpose: enterprises of this batch of which an open month already has rows from other files;
-- only their streams have to be compared.
-- Parameters: $sources (list of sha256 of the batch); view prepared_open. Grain: one enterprise.
CREATE OR REPLACE TEMP TABLE overlap AS
SELECT DISTINCT p.enterprise_id
FROM prepared_open AS p
SEMI JOIN (
    SELECT DISTINCT a.enterprise_id, a.month
    FROM emissions.activity AS a
    WHERE NOT list_contains($sources::VARCHAR[], a.source)
) AS a ON a.enterprise_id = p.enterprise_id AND a.month = p.month;
