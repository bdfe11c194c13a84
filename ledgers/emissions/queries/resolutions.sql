-- Purpose: how the cases behind some lines were resolved.
-- Parameters: $ids.
-- Grain: one resolution.
SELECT
    resolution_id, method_edition, method, measure, unit, scope, category, boundary, carrier,
    counted, sign, formula, parameters, notes
FROM emissions.resolution
WHERE resolution_id IN (SELECT unnest($ids))
