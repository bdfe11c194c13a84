-- Purpose: the plausible bands in force.
-- Parameters: 1 the last commit to read.
-- Grain: one (carrier, parameter, unit); carrier '' is every carrier.
SELECT carrier, parameter, lower, upper, unit, source
FROM reference.band
WHERE commit_no <= ?
QUALIFY row_number() OVER (
    PARTITION BY carrier, parameter, unit ORDER BY commit_no DESC, ordinal DESC
) = 1
ORDER BY carrier, parameter, unit
