-- Reference book: editions, methods, confirmations, rule sets, policy settings, limits, register.
-- Every table is journalled: rows belong to a commit and are only added. A row of a later commit
-- supersedes an earlier one with the same key; nothing is updated or deleted. No column can hold
-- the standing 'official': that is the result of reading a factor together with a confirmation.

CREATE SCHEMA IF NOT EXISTS reference;
CREATE SCHEMA IF NOT EXISTS register;

-- Grain: one version of one published edition of factors, as loaded from one file.
CREATE TABLE reference.edition (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    edition VARCHAR NOT NULL CHECK (edition <> ''),
    version BIGINT NOT NULL CHECK (version >= 1),
    origin VARCHAR NOT NULL CHECK (origin IN ('shipped', 'imported')),
    publisher VARCHAR NOT NULL,
    document VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL CHECK (regexp_full_match(sha256, '[0-9a-f]{64}')),
    row_count BIGINT NOT NULL,
    note VARCHAR NOT NULL,
    UNIQUE (edition, version)
);

-- Grain: one factor row of one version of an edition. `value` is the decimal as printed.
CREATE TABLE reference.factor (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    edition VARCHAR NOT NULL,
    version BIGINT NOT NULL,
    factor_id VARCHAR NOT NULL CHECK (factor_id <> ''),
    "table" VARCHAR NOT NULL,
    publisher VARCHAR NOT NULL,
    document VARCHAR NOT NULL,
    clause VARCHAR NOT NULL,
    carrier VARCHAR NOT NULL,
    parameter VARCHAR NOT NULL,
    value VARCHAR NOT NULL CHECK (regexp_full_match(value, '-?[0-9]+(\.[0-9]+)?')),
    unit VARCHAR NOT NULL,
    lower VARCHAR NOT NULL CHECK (lower = '' OR regexp_full_match(lower, '-?[0-9]+(\.[0-9]+)?')),
    upper VARCHAR NOT NULL CHECK (upper = '' OR regexp_full_match(upper, '-?[0-9]+(\.[0-9]+)?')),
    region VARCHAR NOT NULL,
    sector VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    enterprise_id VARCHAR NOT NULL,
    facility VARCHAR NOT NULL,
    valid_from DATE,
    valid_to DATE,
    known_from DATE,
    standing VARCHAR NOT NULL
        CHECK (standing IN ('transcribed', 'reported', 'memory', 'suspect')),
    evidence VARCHAR NOT NULL,
    details VARCHAR NOT NULL
);

-- Grain: one version of one method edition: the TOML text itself and its hash.
CREATE TABLE reference.method_edition (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    edition VARCHAR NOT NULL CHECK (edition <> ''),
    version BIGINT NOT NULL CHECK (version >= 1),
    origin VARCHAR NOT NULL CHECK (origin IN ('shipped', 'imported')),
    state VARCHAR NOT NULL CHECK (state IN ('active', 'draft')),
    file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL CHECK (regexp_full_match(sha256, '[0-9a-f]{64}')),
    body VARCHAR NOT NULL,
    UNIQUE (edition, version)
);

-- Grain: one statement by one person that one thing was checked against one page of one document.
CREATE TABLE reference.confirmation (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    subject VARCHAR NOT NULL CHECK (subject IN ('factor', 'method_edition', 'rule')),
    name VARCHAR NOT NULL CHECK (name <> ''),
    version BIGINT NOT NULL,
    item VARCHAR NOT NULL,
    person VARCHAR NOT NULL CHECK (trim(person) <> ''),
    document VARCHAR NOT NULL CHECK (trim(document) <> ''),
    page VARCHAR NOT NULL CHECK (trim(page) <> ''),
    document_sha256 VARCHAR NOT NULL CHECK (regexp_full_match(document_sha256, '[0-9a-f]{64}'))
);

-- Grain: one version of one rule set (规则集), as loaded from one file.
CREATE TABLE reference.rule_set (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    rule_set VARCHAR NOT NULL CHECK (rule_set <> ''),
    version VARCHAR NOT NULL CHECK (version <> ''),
    origin VARCHAR NOT NULL CHECK (origin IN ('shipped', 'imported')),
    file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL CHECK (regexp_full_match(sha256, '[0-9a-f]{64}')),
    row_count BIGINT NOT NULL,
    UNIQUE (rule_set, version)
);

-- Grain: one key of one version of a rule set, for one kind of subject.
CREATE TABLE reference.rule (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    rule_set VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    applies_from DATE NOT NULL,
    applies_to DATE,
    key VARCHAR NOT NULL CHECK (key <> ''),
    value VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    document VARCHAR NOT NULL,
    clause VARCHAR NOT NULL,
    standing VARCHAR NOT NULL
        CHECK (standing IN ('transcribed', 'reported', 'memory', 'suspect'))
);

-- Grain: one policy setting as set by one commit; the last one of a key holds.
CREATE TABLE reference.setting (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    key VARCHAR NOT NULL CHECK (key <> ''),
    value VARCHAR NOT NULL
);

-- Grain: one plausible band as set by one commit; the last one of (carrier, parameter, unit)
-- holds.
-- carrier '' is every carrier. A bound that is '' is open. A row with both bounds '' lifts the band.
CREATE TABLE reference.band (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    carrier VARCHAR NOT NULL,
    parameter VARCHAR NOT NULL CHECK (parameter <> ''),
    lower VARCHAR NOT NULL CHECK (lower = '' OR regexp_full_match(lower, '-?[0-9]+(\.[0-9]+)?')),
    upper VARCHAR NOT NULL CHECK (upper = '' OR regexp_full_match(upper, '-?[0-9]+(\.[0-9]+)?')),
    unit VARCHAR NOT NULL,
    source VARCHAR NOT NULL
);

-- Grain: one administrative district (行政区划), with where its code was read.
CREATE TABLE register.district (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    district VARCHAR NOT NULL CHECK (regexp_full_match(district, '[0-9]{6}')),
    name VARCHAR NOT NULL,
    city VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    source VARCHAR NOT NULL
);

-- Grain: an enterprise from one day on. (enterprise_id, valid_from) of a later commit supersedes;
-- valid_to on the day before valid_from says that the row is withdrawn.
CREATE TABLE register.enterprise (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    enterprise_id VARCHAR NOT NULL CHECK (length(enterprise_id) = 18),
    name VARCHAR NOT NULL CHECK (name <> ''),
    valid_from DATE NOT NULL,
    valid_to DATE CHECK (valid_to >= valid_from - 1),
    predecessor_id VARCHAR NOT NULL,
    district VARCHAR NOT NULL,
    zone VARCHAR NOT NULL,
    industry VARCHAR NOT NULL,
    boundary VARCHAR NOT NULL,
    method_edition VARCHAR NOT NULL,
    market VARCHAR NOT NULL,
    key_user BOOLEAN NOT NULL,
    two_high BOOLEAN NOT NULL,
    expected_carriers VARCHAR NOT NULL,
    contact VARCHAR NOT NULL
);

-- Grain: a facility (排放设施) or a device of it from one day on; superseded and withdrawn likewise.
CREATE TABLE register.facility (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    enterprise_id VARCHAR NOT NULL CHECK (length(enterprise_id) = 18),
    facility VARCHAR NOT NULL CHECK (facility <> ''),
    kind VARCHAR NOT NULL,
    device VARCHAR NOT NULL,
    capacity DECIMAL(38, 12),
    capacity_unit VARCHAR NOT NULL,
    boiler_type VARCHAR NOT NULL,
    altitude DECIMAL(38, 12),
    valid_from DATE NOT NULL,
    valid_to DATE CHECK (valid_to >= valid_from - 1)
);

-- Grain: a person from one day on; superseded and withdrawn likewise. Persons are not accounts.
CREATE TABLE register.person (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    person_id VARCHAR NOT NULL CHECK (person_id <> ''),
    name VARCHAR NOT NULL CHECK (name <> ''),
    organisation VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    system_user VARCHAR NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE CHECK (valid_to >= valid_from - 1)
);
