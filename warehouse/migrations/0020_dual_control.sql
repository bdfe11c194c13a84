-- Dual-control book (能耗与碳排放双控): reference figures, budgets, statistics as enterprises fill
-- them, two-high projects with their replacement, warnings with their answers. Every table but
-- dual_control.balance is journalled: rows belong to a commit and are only added; a row of a later
-- commit supersedes an earlier one of the same key, and both stay readable with who and why.

CREATE SCHEMA IF NOT EXISTS dual_control;

-- Grain: GDP or industrial value added of one place to the end of one month (month 12: the year),
-- as a level at constant prices of `base_year` or as real growth over the year before. Flash and
-- final are two rows. `value` is the decimal as printed, in `unit`.
CREATE TABLE dual_control.gdp (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    level VARCHAR NOT NULL CHECK (level IN ('city', 'district', 'zone', 'sector', 'enterprise')),
    code VARCHAR NOT NULL CHECK (code <> ''),
    year INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 2200),
    month INTEGER NOT NULL CHECK (month BETWEEN 1 AND 12),
    kind VARCHAR NOT NULL CHECK (kind IN ('gdp', 'value_added')),
    form VARCHAR NOT NULL CHECK (form IN ('level', 'growth')),
    base_year INTEGER NOT NULL,
    value VARCHAR NOT NULL CHECK (regexp_full_match(value, '-?[0-9]+(\.[0-9]+)?')),
    unit VARCHAR NOT NULL CHECK (unit <> ''),
    release VARCHAR NOT NULL CHECK (release IN ('flash', 'final')),
    document VARCHAR NOT NULL CHECK (trim(document) <> ''),
    CHECK (form = 'growth' OR base_year BETWEEN 1949 AND 2200)
);

-- Grain: one budget or target (预算、目标). A reduction is the share by which an intensity falls
-- from `base_year` to `year`, positive = lower.
CREATE TABLE dual_control.budget (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    level VARCHAR NOT NULL CHECK (level IN ('city', 'district', 'zone', 'sector', 'enterprise')),
    code VARCHAR NOT NULL CHECK (code <> ''),
    year INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 2200),
    indicator VARCHAR NOT NULL CHECK (indicator <> ''),
    base_year INTEGER NOT NULL,
    value VARCHAR NOT NULL CHECK (regexp_full_match(value, '-?[0-9]+(\.[0-9]+)?')),
    unit VARCHAR NOT NULL CHECK (unit <> ''),
    document VARCHAR NOT NULL CHECK (trim(document) <> ''),
    clause VARCHAR NOT NULL,
    standing VARCHAR NOT NULL CHECK (standing IN ('transcribed', 'reported', 'memory', 'suspect')),
    note VARCHAR NOT NULL
);

-- Grain: one row of one statistical table as an enterprise filled it (205-1 to 205-6). Empty cells
-- are NULL; `unit` is that of the quantities.
CREATE TABLE dual_control.statistic (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    form VARCHAR NOT NULL CHECK (form IN ('205-1', '205-2', '205-3', '205-4', '205-5', '205-6')),
    enterprise_id VARCHAR NOT NULL CHECK (length(enterprise_id) = 18),
    period VARCHAR NOT NULL CHECK (regexp_full_match(period, '\d{4}(-\d{2})?')),
    row_code VARCHAR NOT NULL,
    item VARCHAR NOT NULL CHECK (item <> ''),
    unit VARCHAR NOT NULL CHECK (unit <> ''),
    opening_stock DECIMAL(38, 12),
    purchase DECIMAL(38, 12),
    consumption DECIMAL(38, 12),
    feedstock DECIMAL(38, 12),
    transfer_out DECIMAL(38, 12),
    closing_stock DECIMAL(38, 12),
    conversion_input DECIMAL(38, 12),
    conversion_output DECIMAL(38, 12),
    recovery DECIMAL(38, 12),
    output DECIMAL(38, 12),
    unit_consumption DECIMAL(38, 12),
    coefficient DECIMAL(38, 12)
);

-- Grain: one figure that is neither in the emission ledger nor GDP: totals of years before the
-- ledger, deductions, pollutants, resources and waste of a zone, output of a product, heat.
CREATE TABLE dual_control.figure (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    level VARCHAR NOT NULL
        CHECK (level IN ('city', 'district', 'zone', 'sector', 'enterprise', 'network')),
    code VARCHAR NOT NULL CHECK (code <> ''),
    period VARCHAR NOT NULL CHECK (regexp_full_match(period, '\d{4}(-\d{2})?')),
    indicator VARCHAR NOT NULL CHECK (indicator <> ''),
    item VARCHAR NOT NULL,
    value VARCHAR NOT NULL CHECK (regexp_full_match(value, '-?[0-9]+(\.[0-9]+)?')),
    unit VARCHAR NOT NULL CHECK (unit <> ''),
    release VARCHAR NOT NULL CHECK (release IN ('flash', 'final')),
    document VARCHAR NOT NULL CHECK (trim(document) <> '')
);

-- Grain: what was found of one supporting or control indicator of the yearly assessment (考核).
CREATE TABLE dual_control.finding (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    level VARCHAR NOT NULL CHECK (level IN ('city', 'district', 'zone')),
    code VARCHAR NOT NULL CHECK (code <> ''),
    year INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 2200),
    indicator VARCHAR NOT NULL CHECK (indicator <> ''),
    result VARCHAR NOT NULL CHECK (result IN ('met', 'missed', 'falsified')),
    document VARCHAR NOT NULL CHECK (trim(document) <> ''),
    note VARCHAR NOT NULL
);

-- Grain: one version of a two-high project as registered. Amounts are decimals as printed.
CREATE TABLE dual_control.project (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    project_code VARCHAR NOT NULL CHECK (project_code <> ''),
    name VARCHAR NOT NULL CHECK (name <> ''),
    enterprise_id VARCHAR NOT NULL,
    facility VARCHAR NOT NULL,
    district VARCHAR NOT NULL,
    zone VARCHAR NOT NULL,
    industry VARCHAR NOT NULL CHECK (industry <> ''),
    product VARCHAR NOT NULL CHECK (product <> ''),
    process VARCHAR NOT NULL,
    approved_energy VARCHAR NOT NULL,
    approved_energy_unit VARCHAR NOT NULL,
    approved_coal VARCHAR NOT NULL,
    approved_coal_unit VARCHAR NOT NULL,
    approved_carbon VARCHAR NOT NULL,
    approved_carbon_unit VARCHAR NOT NULL,
    approved_output VARCHAR NOT NULL,
    approved_output_unit VARCHAR NOT NULL,
    reviewed_by VARCHAR NOT NULL,
    approved_on DATE,
    started_on DATE,
    commissioned_on DATE,
    stopped_on DATE,
    document VARCHAR NOT NULL CHECK (trim(document) <> '')
);

-- Grain: one claim to replacement: what a closure or retrofit saved of one measure, in whole grams
-- of CO2 or of standard coal. It counts for nothing before two persons certified it.
CREATE TABLE dual_control.replacement (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    certificate VARCHAR NOT NULL CHECK (certificate <> ''),
    enterprise_id VARCHAR NOT NULL CHECK (length(enterprise_id) = 18),
    source VARCHAR NOT NULL CHECK (source IN ('closure', 'retrofit')),
    measure VARCHAR NOT NULL CHECK (measure IN ('carbon', 'energy')),
    grams BIGINT NOT NULL CHECK (grams > 0),
    tonnes VARCHAR NOT NULL,
    effective_on DATE NOT NULL,
    document VARCHAR NOT NULL CHECK (trim(document) <> '')
);

-- Grain: one certificate as certified, once and for ever; both persons.
CREATE TABLE dual_control.certification (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    certificate VARCHAR NOT NULL UNIQUE,
    measure VARCHAR NOT NULL CHECK (measure IN ('carbon', 'energy')),
    grams BIGINT NOT NULL CHECK (grams > 0),
    requested_by VARCHAR NOT NULL CHECK (trim(requested_by) <> ''),
    certified_by VARCHAR NOT NULL CHECK (trim(certified_by) <> ''),
    CHECK (lower(trim(requested_by)) <> lower(trim(certified_by)))
);

-- Grain: grams of one certificate that move to a project (above zero) or back (below).
CREATE TABLE dual_control.pledge (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    certificate VARCHAR NOT NULL,
    project_code VARCHAR NOT NULL CHECK (project_code <> ''),
    grams BIGINT NOT NULL CHECK (grams <> 0)
);

-- Grain: one certificate: what it holds and what is pledged of it. Derived from certification and
-- pledge, and not journalled; it is here so that the database itself refuses a tonne pledged twice.
CREATE TABLE dual_control.balance (
    certificate VARCHAR PRIMARY KEY,
    certified BIGINT NOT NULL,
    pledged BIGINT NOT NULL,
    CHECK (pledged >= 0 AND pledged <= certified)
);

-- Grain: one project that was cleared to go ahead (准予实施), with what its replacement came to;
-- both persons. A project is cleared once.
CREATE TABLE dual_control.clearance (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    project_code VARCHAR NOT NULL UNIQUE,
    measures VARCHAR NOT NULL,
    requested_by VARCHAR NOT NULL CHECK (trim(requested_by) <> ''),
    cleared_by VARCHAR NOT NULL CHECK (trim(cleared_by) <> ''),
    CHECK (lower(trim(requested_by)) <> lower(trim(cleared_by)))
);

-- Grain: something of this book that one person asks for and another decides; named by its commit.
CREATE TABLE dual_control.request (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL CHECK (ordinal = 0),
    kind VARCHAR NOT NULL CHECK (kind IN ('certify', 'clear')),
    subject VARCHAR NOT NULL CHECK (subject <> ''),
    requested_by VARCHAR NOT NULL CHECK (trim(requested_by) <> ''),
    reason VARCHAR NOT NULL CHECK (trim(reason) <> '')
);

-- Grain: the decision on one request, by another person.
CREATE TABLE dual_control.decision (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    request_no BIGINT NOT NULL UNIQUE,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('approved', 'refused')),
    requested_by VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL CHECK (trim(decided_by) <> ''),
    reason VARCHAR NOT NULL,
    CHECK (lower(trim(requested_by)) <> lower(trim(decided_by)))
);

-- Grain: one warning as issued (预警): on which figures, of which head of the ledger. `colour` green
-- lifts the one before. `figures` is canonical JSON, exact.
CREATE TABLE dual_control.warning (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    month VARCHAR NOT NULL CHECK (regexp_full_match(month, '\d{4}-(0[1-9]|1[0-2])')),
    level VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    preset VARCHAR NOT NULL,
    colour VARCHAR NOT NULL CHECK (colour IN ('green', 'yellow', 'orange', 'red')),
    actual VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    figures VARCHAR NOT NULL,
    head_no BIGINT NOT NULL,
    head_hash VARCHAR NOT NULL,
    supersedes VARCHAR NOT NULL
);

-- Grain: what was said to one warning: that it was seen, or what will be done.
CREATE TABLE dual_control.answer (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    warning VARCHAR NOT NULL CHECK (regexp_full_match(warning, '\d+-\d+')),
    kind VARCHAR NOT NULL CHECK (kind IN ('acknowledged', 'answered')),
    person VARCHAR NOT NULL CHECK (trim(person) <> ''),
    words VARCHAR NOT NULL CHECK (kind = 'acknowledged' OR trim(words) <> '')
);
