-- Purpose: one affine term of a kernel in DOUBLE: 1 where the kernel does not use the column
-- (shift NULL), NaN where value and shift nearly cancel, so that the row is computed exactly.
-- Parameters: value (DECIMAL or NULL), shift (DOUBLE or NULL). Grain: scalar.
CREATE OR REPLACE TEMP MACRO affine_term(value, shift) AS
CASE
    WHEN shift IS NULL THEN 1.0::DOUBLE
    WHEN shift = 0 THEN value::DOUBLE
    WHEN abs(value::DOUBLE + shift) * 4 < abs(value::DOUBLE) + abs(shift) THEN 'NaN'::DOUBLE
    ELSE value::DOUBLE + shift
END;
