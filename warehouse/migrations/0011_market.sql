-- Market book: the life of a compliance year on top of the allowance registry, and trades. Units move
-- only by the registry's transactions; here stands why they move. Every table is journalled.

CREATE SCHEMA IF NOT EXISTS market;

-- Grain: an entity in a market for a year, gas and industry, by version; the last one holds.
-- `treatment` excluded: listed and left out, which is neither a zero nor a blank.
CREATE TABLE market.listing (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    entity VARCHAR NOT NULL CHECK (entity <> ''),
    year INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 2200),
    gas VARCHAR NOT NULL CHECK (gas IN ('CO2', 'CH4', 'N2O', 'HFCs', 'PFCs', 'SF6', 'NF3', 'CO2e')),
    industry VARCHAR NOT NULL CHECK (industry <> ''),
    version INTEGER NOT NULL CHECK (version >= 1),
    market VARCHAR NOT NULL CHECK (regexp_full_match(market, '[A-Z]{2}')),
    name VARCHAR NOT NULL CHECK (name <> ''),
    account VARCHAR NOT NULL,
    method VARCHAR NOT NULL,
    treatment VARCHAR NOT NULL CHECK (treatment IN ('included', 'excluded', 'withdrawn')),
    custody BOOLEAN NOT NULL,
    document VARCHAR NOT NULL CHECK (document <> ''),
    UNIQUE (entity, year, gas, industry, version)
);

-- Grain: one figure that an allocation is worked out from, as sent; `part` is a generating unit or
-- product, '' the whole entity. The last row of a key holds.
CREATE TABLE market.figure (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    entity VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    part VARCHAR NOT NULL,
    name VARCHAR NOT NULL CHECK (name <> ''),
    value VARCHAR NOT NULL,
    document VARCHAR NOT NULL CHECK (document <> '')
);

-- Grain: an amount to be deducted from the allocation of `year`, for what happened in `cause_year`.
CREATE TABLE market.deduction (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    entity VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    cause VARCHAR NOT NULL CHECK (cause IN ('shortfall', 'hidden', 'other')),
    cause_year INTEGER NOT NULL,
    decided_on DATE NOT NULL,
    document VARCHAR NOT NULL CHECK (document <> ''),
    proposer VARCHAR NOT NULL CHECK (proposer <> ''),
    approver VARCHAR NOT NULL CHECK (approver <> ''),
    CHECK (proposer <> approver)
);

-- Grain: what was decided for an entity at one stage of a year's allocation. `quantity` is what the
-- method gives; issued and returned go to and from the account, `taken` is what deductions have
-- taken after this stage in all and `outstanding` what is left of them. `working` and `rules` are
-- JSON: the steps, and each rule value with document and standing.
CREATE TABLE market.allocation (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    entity VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    stage VARCHAR NOT NULL CHECK (stage IN ('pre', 'final')),
    version INTEGER NOT NULL CHECK (version >= 1),
    method VARCHAR NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity >= 0),
    issued BIGINT NOT NULL CHECK (issued >= 0),
    returned BIGINT NOT NULL CHECK (returned >= 0),
    taken BIGINT NOT NULL CHECK (taken >= 0),
    outstanding BIGINT NOT NULL CHECK (outstanding >= 0),
    unit VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    working VARCHAR NOT NULL,
    rules VARCHAR NOT NULL,
    document VARCHAR NOT NULL CHECK (document <> ''),
    proposer VARCHAR NOT NULL CHECK (proposer <> ''),
    approver VARCHAR NOT NULL CHECK (approver <> ''),
    CHECK (proposer <> approver),
    CHECK (issued = 0 OR returned = 0),
    UNIQUE (entity, year, stage, version)
);

-- Grain: a step of the verification of an entity's year: who, in which role, on which document.
CREATE TABLE market.verification_step (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    entity VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    step_no INTEGER NOT NULL CHECK (step_no >= 1),
    step VARCHAR NOT NULL CHECK (step IN ('report', 'finding', 'recheck', 'notice', 'objection', 'decision', 'estimate', 'confirm')),
    co2e BIGINT CHECK (co2e >= 0),
    source VARCHAR NOT NULL,
    person VARCHAR NOT NULL CHECK (person <> ''),
    document VARCHAR NOT NULL CHECK (document <> ''),
    day DATE NOT NULL,
    answer_by DATE,
    note VARCHAR NOT NULL,
    UNIQUE (entity, year, step_no)
);

-- Grain: what an entity owes for a year, by version; the last one holds. A sealed year gets none.
CREATE TABLE market.obligation (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    entity VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    verified BIGINT NOT NULL CHECK (verified >= 0),
    due BIGINT NOT NULL CHECK (due >= 0),
    deadline DATE NOT NULL,
    step_no INTEGER NOT NULL,
    rules VARCHAR NOT NULL,
    proposer VARCHAR NOT NULL CHECK (proposer <> ''),
    approver VARCHAR NOT NULL CHECK (approver <> ''),
    CHECK (proposer <> approver),
    UNIQUE (entity, year, version)
);

-- Grain: a project whose reductions may offset; `in_market`: it is itself in a market.
CREATE TABLE market.offset_project (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    project VARCHAR NOT NULL UNIQUE,
    name VARCHAR NOT NULL,
    registered_on DATE NOT NULL,
    in_market BOOLEAN NOT NULL,
    document VARCHAR NOT NULL CHECK (document <> '')
);

-- Grain: a lot of offsets retired here, by its serial in the register that issued it. One serial is
-- retired once, whatever market retired it: `elsewhere` names another market that did.
CREATE TABLE market.offset_lot (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    serial VARCHAR NOT NULL UNIQUE CHECK (serial <> ''),
    project VARCHAR NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    entity VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    elsewhere VARCHAR NOT NULL,
    request VARCHAR NOT NULL
);

-- Grain: the close from which the first day of a unit's trading takes its band.
CREATE TABLE market.reference_price (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    unit VARCHAR NOT NULL,
    day DATE NOT NULL,
    price DECIMAL(18, 4) NOT NULL CHECK (price > 0),
    document VARCHAR NOT NULL CHECK (document <> '')
);

-- Grain: a trade as the exchange reported it, with where it stands in its file.
CREATE TABLE market.trade (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    trade VARCHAR NOT NULL UNIQUE,
    market VARCHAR NOT NULL,
    day DATE NOT NULL,
    clock VARCHAR NOT NULL CHECK (regexp_full_match(clock, '[0-2][0-9]:[0-5][0-9]:[0-5][0-9]')),
    mode VARCHAR NOT NULL CHECK (mode IN ('listed', 'block', 'auction')),
    unit VARCHAR NOT NULL,
    seller VARCHAR NOT NULL,
    buyer VARCHAR NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    price DECIMAL(18, 4) NOT NULL CHECK (price > 0),
    source VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    CHECK (seller <> buyer)
);

-- Grain: a reason why a row of a file of trades was refused.
CREATE TABLE market.trade_fault (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    trade VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    facts VARCHAR NOT NULL
);

-- Grain: a confirmation by the settlement bank that a trade was paid; `amount` in CNY.
CREATE TABLE market.payment (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    trade VARCHAR NOT NULL UNIQUE,
    amount DECIMAL(24, 6) NOT NULL CHECK (amount > 0),
    day DATE NOT NULL,
    document VARCHAR NOT NULL CHECK (document <> '')
);

-- Grain: a further registry with which transfers are allowed, on which legal basis, from when. A
-- row without `document` cannot exist; `until` ends it.
CREATE TABLE market.link (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    market VARCHAR NOT NULL,
    other VARCHAR NOT NULL CHECK (regexp_full_match(other, '[A-Z]{2}')),
    document VARCHAR NOT NULL CHECK (document <> ''),
    applies_from DATE NOT NULL,
    until DATE,
    proposer VARCHAR NOT NULL CHECK (proposer <> ''),
    approver VARCHAR NOT NULL CHECK (approver <> ''),
    CHECK (proposer <> approver),
    CHECK (market <> other)
);

-- Listings that hold.
CREATE VIEW market.listing_now AS
SELECT * EXCLUDE (commit_no, ordinal)
FROM market.listing
QUALIFY row_number() OVER (
    PARTITION BY entity, year, gas, industry ORDER BY version DESC
) = 1;

-- Obligations that hold.
CREATE VIEW market.obligation_now AS
SELECT * EXCLUDE (ordinal)
FROM market.obligation
QUALIFY row_number() OVER (PARTITION BY entity, year ORDER BY version DESC) = 1;

-- Allocations that hold.
CREATE VIEW market.allocation_now AS
SELECT * EXCLUDE (commit_no, ordinal)
FROM market.allocation
QUALIFY row_number() OVER (PARTITION BY entity, year, stage ORDER BY version DESC) = 1;
