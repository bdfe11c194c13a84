-- Purpose: what institutions sent of the finances of entities, of the newest year up to a year.
-- Parameters: $year.
-- Grain: credit code.
SELECT credit_code, year, equity, debt, evic, revenue, emissions, emissions_scope3, verified,
    coalesce(removals, 0) AS removals, coalesce(retired, 0) AS retired,
    coalesce(generated, 0) AS generated, sector_intensity
FROM finance.entity_finance
WHERE year <= $year AND state = 'stands'
QUALIFY row_number() OVER (
    PARTITION BY credit_code ORDER BY year DESC, commit_no DESC, ordinal DESC
) = 1
