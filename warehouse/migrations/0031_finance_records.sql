-- Green finance book, second part: packages, records with their versions, tags, warnings with their
-- answers, benefits, disclosures. Every table is journalled: rows belong to a commit and are only
-- added. The last row of a key holds; state 'deleted' says that none does. A money column is CNY.

-- Grain: one accepted package. A refused one leaves no trace.
CREATE TABLE finance.package (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    package VARCHAR NOT NULL CHECK (package <> ''),
    institution_id VARCHAR NOT NULL,
    message VARCHAR NOT NULL
        CHECK (message IN ('ordinary', 'supplement', 'correction', 'deletion', 'statistics')),
    package_date DATE NOT NULL,
    running_no BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL CHECK (regexp_full_match(sha256, '[0-9a-f]{64}')),
    rows_read BIGINT NOT NULL,
    warnings BIGINT NOT NULL,
    synthetic BOOLEAN NOT NULL,
    UNIQUE (package)
);

-- Grain: one version of one customer of an institution. A person's name is masked and the identity
-- number is a salted hash; `credit_code` is '' for a person.
CREATE TABLE finance.customer (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    package VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('stands', 'deleted')),
    customer_no VARCHAR NOT NULL,
    party VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    credit_code VARCHAR NOT NULL,
    identity_no VARCHAR NOT NULL,
    industry VARCHAR NOT NULL,
    district VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    listed BOOLEAN NOT NULL
);

-- Grain: one version of one project as an institution sent it. `project_key` is canonical, so that the
-- same project from two banks meets.
CREATE TABLE finance.project (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    package VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('stands', 'deleted')),
    project_key VARCHAR NOT NULL CHECK (project_key <> ''),
    project_no VARCHAR NOT NULL,
    project_code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    customer_no VARCHAR NOT NULL,
    industry VARCHAR NOT NULL,
    total_investment DECIMAL(18, 2) NOT NULL CHECK (total_investment >= 0),
    capital DECIMAL(18, 2),
    currency VARCHAR NOT NULL,
    district VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    gfspc_code VARCHAR NOT NULL,
    pboc_code VARCHAR NOT NULL,
    cbirc_code VARCHAR NOT NULL,
    cbrc_code VARCHAR NOT NULL,
    bond_code VARCHAR NOT NULL,
    operating_on DATE,
    ends_on DATE,
    capacity_kw DECIMAL(38, 12),
    credits_declared VARCHAR NOT NULL,
    certificates_mwh DECIMAL(38, 12),
    certificates_to DATE,
    energy DECIMAL(38, 12),
    co2 DECIMAL(38, 12),
    cod DECIMAL(38, 12),
    nh DECIMAL(38, 12),
    so2 DECIMAL(38, 12),
    nox DECIMAL(38, 12),
    h2o DECIMAL(38, 12),
    fine_particle DECIMAL(38, 12),
    voc DECIMAL(38, 12),
    nitrogen DECIMAL(38, 12),
    phosphorus DECIMAL(38, 12),
    tagged_by VARCHAR NOT NULL
);

-- Grain: one version of one event of one instrument, with its balance after the event.
CREATE TABLE finance.instrument (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    package VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('stands', 'deleted')),
    kind VARCHAR NOT NULL,
    business_no VARCHAR NOT NULL,
    contract_no VARCHAR NOT NULL,
    customer_no VARCHAR NOT NULL,
    project_no VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    event_date DATE NOT NULL,
    event_amount DECIMAL(18, 2),
    loan_kind VARCHAR NOT NULL,
    product VARCHAR NOT NULL,
    branch VARCHAR NOT NULL,
    purpose VARCHAR NOT NULL,
    amount DECIMAL(18, 2) NOT NULL CHECK (amount >= 0),
    balance DECIMAL(18, 2) NOT NULL CHECK (balance >= 0),
    currency VARCHAR NOT NULL,
    approved_on DATE,
    disbursed_on DATE,
    issued_on DATE,
    filed_on DATE,
    registered_on DATE,
    signed_on DATE,
    matures_on DATE NOT NULL,
    term_days BIGINT,
    repaid_on DATE,
    overdue_on DATE,
    overdue_amount DECIMAL(18, 2),
    rate DECIMAL(12, 8),
    risk_class VARCHAR NOT NULL,
    industry VARCHAR NOT NULL,
    district VARCHAR NOT NULL,
    green BOOLEAN NOT NULL,
    recognised_on DATE,
    gfspc_code VARCHAR NOT NULL,
    pboc_code VARCHAR NOT NULL,
    cbirc_code VARCHAR NOT NULL,
    cbrc_code VARCHAR NOT NULL,
    bond_code VARCHAR NOT NULL,
    chosen_edition VARCHAR NOT NULL,
    choice_reason VARCHAR NOT NULL,
    tagged_by VARCHAR NOT NULL,
    layer VARCHAR NOT NULL,
    refinances VARCHAR NOT NULL,
    transferred BOOLEAN NOT NULL,
    support_tool BOOLEAN NOT NULL,
    pledged_allowances DECIMAL(38, 12),
    premium DECIMAL(18, 2),
    insured DECIMAL(18, 2),
    green_revenue_share DECIMAL(12, 8),
    asset_class VARCHAR NOT NULL,
    pcaf_option VARCHAR NOT NULL,
    pcaf_score BIGINT,
    origination_value DECIMAL(18, 2),
    consent BOOLEAN NOT NULL,
    note VARCHAR NOT NULL
);

-- Grain: one version of one use of proceeds as of a day.
CREATE TABLE finance.allocation (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    package VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('stands', 'deleted')),
    business_no VARCHAR NOT NULL,
    project_no VARCHAR NOT NULL,
    use VARCHAR NOT NULL,
    as_of DATE NOT NULL,
    allocated DECIMAL(18, 2) NOT NULL,
    spent DECIMAL(18, 2) NOT NULL,
    currency VARCHAR NOT NULL,
    first_spent_on DATE,
    layer VARCHAR NOT NULL
);

-- Grain: one version of one underlying asset of a fund, wealth product or asset-backed security.
CREATE TABLE finance.holding (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    package VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('stands', 'deleted')),
    holder_no VARCHAR NOT NULL,
    underlying_institution VARCHAR NOT NULL,
    underlying_no VARCHAR NOT NULL,
    as_of DATE NOT NULL,
    amount DECIMAL(18, 2) NOT NULL
);

-- Grain: one version of one piece of evidence: what it proves, and the hash of the document.
CREATE TABLE finance.evidence (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    package VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('stands', 'deleted')),
    subject_kind VARCHAR NOT NULL,
    subject_no VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL CHECK (regexp_full_match(sha256, '[0-9a-f]{64}')),
    proves VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    value DECIMAL(38, 12),
    comparator VARCHAR NOT NULL,
    threshold DECIMAL(38, 12),
    unit VARCHAR NOT NULL,
    standard VARCHAR NOT NULL,
    standard_from DATE,
    standard_to DATE
);

-- Grain: one version of one element of a benefit scene of a project, phase and year.
CREATE TABLE finance.element (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    package VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('stands', 'deleted')),
    project_no VARCHAR NOT NULL,
    scene VARCHAR NOT NULL,
    element VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    phase VARCHAR NOT NULL,
    year BIGINT NOT NULL,
    value VARCHAR NOT NULL
);

-- Grain: one version of the finances and reported emissions of an entity in a year.
CREATE TABLE finance.entity_finance (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    package VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('stands', 'deleted')),
    credit_code VARCHAR NOT NULL,
    year BIGINT NOT NULL,
    equity DECIMAL(18, 2),
    debt DECIMAL(18, 2),
    evic DECIMAL(18, 2),
    revenue DECIMAL(18, 2),
    emissions DECIMAL(38, 12),
    emissions_scope3 DECIMAL(38, 12),
    verified BOOLEAN NOT NULL,
    removals DECIMAL(38, 12),
    retired DECIMAL(38, 12),
    generated DECIMAL(38, 12),
    sector_intensity DECIMAL(38, 12)
);

-- Grain: one version of one case of environmental or safety risk of a customer.
CREATE TABLE finance.risk (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    package VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('stands', 'deleted')),
    reason_no VARCHAR NOT NULL,
    customer_no VARCHAR NOT NULL,
    risk_type VARCHAR NOT NULL,
    major BOOLEAN NOT NULL,
    happened_on DATE NOT NULL,
    description VARCHAR NOT NULL,
    rectified BOOLEAN NOT NULL,
    rectified_on DATE
);

-- Grain: one version of one cell of a statistics table that an institution sent.
CREATE TABLE finance.statistics (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    package VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('stands', 'deleted')),
    period VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    value DECIMAL(38, 12) NOT NULL
);

-- Grain: one tag as set by one person: subject × edition × code. No tag stands without a person: a
-- suggestion is never a tag. `line` is the line of the table of editions that decided; where it left
-- the choice open, `choice_reason` says why. `warning` says how much of the edition was loaded.
CREATE TABLE finance.tag (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    subject_kind VARCHAR NOT NULL CHECK (subject_kind IN ('instrument', 'project')),
    subject_no VARCHAR NOT NULL CHECK (subject_no <> ''),
    edition VARCHAR NOT NULL CHECK (edition <> ''),
    code VARCHAR NOT NULL,
    legal BOOLEAN NOT NULL,
    line BIGINT NOT NULL CHECK (line BETWEEN 0 AND 11),
    choice_reason VARCHAR NOT NULL CHECK (line NOT IN (4, 6, 7, 11) OR NOT legal
        OR trim(choice_reason) <> ''),
    warning VARCHAR NOT NULL,
    person VARCHAR NOT NULL CHECK (trim(person) <> '')
);

-- Grain: one warning of an accepted package. It is open until somebody answers it.
CREATE TABLE finance.warning (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    package VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    column_name VARCHAR NOT NULL,
    rule VARCHAR NOT NULL CHECK (rule <> ''),
    subject VARCHAR NOT NULL,
    seen VARCHAR NOT NULL,
    facts VARCHAR NOT NULL
);

-- Grain: one answer to one warning, by a named person, with the reason.
CREATE TABLE finance.answer (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    warning_commit BIGINT NOT NULL,
    warning_ordinal BIGINT NOT NULL,
    person VARCHAR NOT NULL CHECK (trim(person) <> ''),
    reason VARCHAR NOT NULL CHECK (trim(reason) <> '')
);

-- Grain: the gross benefit of one project in one indicator of one scene, phase and year, computed
-- from the elements of the same commit. `value` is the exact result rounded once to 12 decimals,
-- half away from zero, in `unit`. `factors` JSON: slot → factor key, value, unit and year.
-- Benefits, emissions, removals, credits and avoided emissions are five columns, never netted.
CREATE TABLE finance.benefit (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL,
    project_no VARCHAR NOT NULL,
    project_key VARCHAR NOT NULL,
    scene VARCHAR NOT NULL,
    phase VARCHAR NOT NULL CHECK (phase IN ('expected', 'achieved')),
    year BIGINT NOT NULL,
    quality VARCHAR NOT NULL
        CHECK (quality IN ('benefit', 'emission', 'removal', 'credit', 'avoided')),
    indicator VARCHAR NOT NULL,
    value DECIMAL(38, 12) NOT NULL,
    unit VARCHAR NOT NULL,
    formula VARCHAR NOT NULL,
    factors VARCHAR NOT NULL
);

-- Grain: one sealed disclosure: what it is about, and the hash of its records.
CREATE TABLE finance.disclosure (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    disclosure VARCHAR NOT NULL CHECK (disclosure <> ''),
    report VARCHAR NOT NULL,
    party VARCHAR NOT NULL,
    as_of DATE NOT NULL,
    editions VARCHAR NOT NULL,
    body_sha256 VARCHAR NOT NULL CHECK (regexp_full_match(body_sha256, '[0-9a-f]{64}')),
    person VARCHAR NOT NULL CHECK (trim(person) <> ''),
    UNIQUE (disclosure)
);

-- Grain: one record that a sealed disclosure rests on; it can be corrected, never deleted.
CREATE TABLE finance.disclosed (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    disclosure VARCHAR NOT NULL,
    institution_id VARCHAR NOT NULL,
    record_kind VARCHAR NOT NULL CHECK (record_kind IN ('instrument', 'project')),
    record_no VARCHAR NOT NULL
);
