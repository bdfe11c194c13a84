-- Inventory book: energy balances of the city as the statistics office printed them, what they were
-- calculated to, and the city's targets. Every table is journalled: rows belong to a commit and are
-- only added. A later version of a balance supersedes the earlier one of the same region and year,
-- and a later row of a target the earlier one of the same key; both stay readable.

CREATE SCHEMA IF NOT EXISTS inventory;

-- Grain: one version of the energy balance of one region and year, as imported from one file.
-- `tolerance` is the share within which its sums had to agree; `gas_condition` what a bare cubic
-- metre was read as ('' = the carrier's own); `stand_ins` JSON, carrier → carrier whose factors
-- serve it, as declared by the person; `method` the family or edition that was asked for.
CREATE TABLE inventory.balance (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    region VARCHAR NOT NULL CHECK (region <> ''),
    year INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 2200),
    version BIGINT NOT NULL CHECK (version >= 1),
    source VARCHAR NOT NULL CHECK (regexp_full_match(source, '[0-9a-f]{64}')),
    file_name VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    synthetic BOOLEAN NOT NULL,
    tolerance VARCHAR NOT NULL CHECK (regexp_full_match(tolerance, '[0-9]+(\.[0-9]+)?')),
    gas_condition VARCHAR NOT NULL CHECK (gas_condition IN ('', '0C', '20C')),
    stand_ins VARCHAR NOT NULL,
    method VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    UNIQUE (region, year, version)
);

-- Grain: one filled cell of a balance: line × carrier, with the text as sent and where it stands.
CREATE TABLE inventory.balance_cell (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    line VARCHAR NOT NULL,
    carrier VARCHAR NOT NULL,
    quantity_text VARCHAR NOT NULL,
    quantity DECIMAL(38, 12) NOT NULL,
    unit VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    column_no BIGINT NOT NULL
);

-- Grain: one measure of one use (a line whose energy is burned or bought) of one carrier, in whole
-- quanta; value = round(numerator/denominator × quantity), half away from zero, as in the emission
-- ledger. `treatment` says why a use is not counted, then `measure` is '' and value 0.
CREATE TABLE inventory.estimate (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    line VARCHAR NOT NULL,
    sub_sector VARCHAR NOT NULL,
    sector_group VARCHAR NOT NULL,
    carrier VARCHAR NOT NULL,
    factors_of VARCHAR NOT NULL,
    quantity DECIMAL(38, 12) NOT NULL,
    unit VARCHAR NOT NULL,
    treatment VARCHAR NOT NULL
        CHECK (treatment IN ('counted', 'no_factor', 'no_method', 'non_energy', 'transformed', 'derived')),
    measure VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    category VARCHAR NOT NULL,
    value BIGINT NOT NULL,
    method_edition VARCHAR NOT NULL,
    method VARCHAR NOT NULL,
    formula VARCHAR NOT NULL,
    parameters VARCHAR NOT NULL,
    statement VARCHAR NOT NULL,
    numerator VARCHAR NOT NULL,
    denominator VARCHAR NOT NULL CHECK (denominator <> '0'),
    note_zh VARCHAR NOT NULL,
    note_en VARCHAR NOT NULL,
    CHECK (treatment = 'counted' OR (measure = '' AND value = 0))
);

-- Grain: one version of one target, base or peak value. The key is level, code, indicator, role and
-- year; a later row supersedes. `form` absolute: `value` in `unit`; reduction: `value` is the share
-- by which the indicator falls from `base_year` to `year`, positive = lower.
CREATE TABLE inventory.target (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    level VARCHAR NOT NULL CHECK (level IN ('city', 'district', 'zone', 'sector', 'enterprise')),
    code VARCHAR NOT NULL CHECK (code <> ''),
    indicator VARCHAR NOT NULL CHECK (indicator <> ''),
    role VARCHAR NOT NULL CHECK (role IN ('base', 'peak', 'target')),
    year INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 2200),
    form VARCHAR NOT NULL CHECK (form IN ('absolute', 'reduction')),
    base_year INTEGER,
    value VARCHAR NOT NULL CHECK (regexp_full_match(value, '-?[0-9]+(\.[0-9]+)?')),
    unit VARCHAR NOT NULL,
    document VARCHAR NOT NULL CHECK (trim(document) <> ''),
    clause VARCHAR NOT NULL,
    standing VARCHAR NOT NULL CHECK (standing IN ('transcribed', 'reported', 'memory', 'suspect')),
    withdrawn BOOLEAN NOT NULL,
    note VARCHAR NOT NULL,
    CHECK (form = 'absolute' OR base_year IS NOT NULL)
);
