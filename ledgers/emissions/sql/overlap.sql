-- Purpose: enterprises of this batch of which an open month already has rows from other files;
-- only their streams have to be compared.
-- Parameters: $sources (list of sha256 of the batch); view prepared_open. Grain: one enterprise.
CREATE OR REPLACE TEMP TABLE overlap AS
WITH held AS (
    SELECT DISTINCT enterprise_id, month
    FROM emissions.activity
    SEMI JOIN (SELECT DISTINCT month FROM prepared_open) USING (month)
    ANTI JOIN (SELECT unnest($sources::VARCHAR[]) AS source) USING (source)
)
SELECT DISTINCT enterprise_id
FROM prepared_open
SEMI JOIN held USING (enterprise_id, month);
