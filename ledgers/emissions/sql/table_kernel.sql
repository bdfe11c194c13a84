-- Purpose: an empty table for what the calculation joins to each row of a case.
-- `at_<column>` is the offset of the term of that column, NULL where the kernel has none;
-- `plain` says that the quantity alone, without offset, is multiplied. `slack` bounds the relative
-- error of the product in DOUBLE. `lowered` is added to the tier of a row. Of a plain kernel
-- `times` / `parts` is the constant for a quantity counted in 10^-12, in lowest terms; both NULL
-- where they are too long to calculate with.
-- Parameters: none. Grain: one method of one case.
CREATE OR REPLACE TEMP TABLE kernel (
    case_id INTEGER,
    resolution_id INTEGER,
    proof_id INTEGER,
    constant DOUBLE,
    slack DOUBLE,
    plain BOOLEAN,
    lowered TINYINT,
    times HUGEINT,
    parts HUGEINT,
    at_quantity DOUBLE,
    at_ncv DOUBLE,
    at_carbon_content DOUBLE,
    at_elemental_carbon DOUBLE,
    at_oxidation_rate DOUBLE,
    at_moisture DOUBLE,
    at_pressure DOUBLE,
    at_temperature DOUBLE,
    at_enthalpy DOUBLE
);
