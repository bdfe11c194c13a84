-- Purpose: instruments that refinance themselves, directly or round a loop.
-- Grain: institution and business number.
CREATE OR REPLACE TEMP TABLE loops AS
WITH RECURSIVE chain AS (
    SELECT institution_id, business_no AS start, refinances AS here, 1 AS steps
    FROM latest_instrument
    WHERE refinances <> ''
    UNION
    SELECT c.institution_id, c.start, i.refinances, c.steps + 1
    FROM chain AS c
    JOIN latest_instrument AS i
        ON i.institution_id = c.institution_id AND i.business_no = c.here
    WHERE i.refinances <> '' AND c.here <> c.start AND c.steps < 64
)
SELECT DISTINCT institution_id, start AS business_no
FROM chain
WHERE here = start
