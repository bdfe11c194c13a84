-- Purpose: the newest declaration of each enterprise and carrier for a month.
-- Parameters: $month. Grain: enterprise, carrier.
SELECT enterprise_id, carrier, tonnes, document
FROM emissions.declaration
WHERE month = $month
QUALIFY row_number() OVER (
    PARTITION BY enterprise_id, carrier ORDER BY commit_no DESC, ordinal DESC
) = 1
ORDER BY enterprise_id, carrier
