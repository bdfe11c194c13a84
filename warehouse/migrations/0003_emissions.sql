-- Emission book: activities as posted, how each case was resolved and proved, entries in quanta.
-- Every table is journalled: rows belong to a commit and are only added. There are no keys on the
-- tables of many rows: an entry or activity is named by (commit_no, ordinal), and a primary key
-- made the write of ten million rows more than twice as slow.

CREATE SCHEMA IF NOT EXISTS emissions;

-- Grain: one file as it took part in one commit. `state` 'held': it has faulty rows and the policy
-- posts no part of such a file. rows_read = posted + rejected + waiting + unchanged + held: rows of
-- the file that the commit dealt with (a bill counts once, by its last part; a reading once).
CREATE TABLE emissions.source (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    source VARCHAR NOT NULL CHECK (source <> ''),
    name VARCHAR NOT NULL,
    feed VARCHAR NOT NULL,
    month VARCHAR NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('posted', 'held')),
    mode VARCHAR NOT NULL CHECK (mode IN ('', 'add', 'waiting')),
    rows_read BIGINT NOT NULL,
    rows_posted BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    rows_waiting BIGINT NOT NULL,
    rows_unchanged BIGINT NOT NULL,
    rows_held BIGINT NOT NULL
);

-- Grain: a row of a file as posted: a whole row, the part of a bill that lies in one month
-- (bill_* say of what it is a part), or the sum of a day's readings (row_no is the first of
-- row_count rows, row_last the last). waiting_* name the waiting row that it was posted from.
CREATE TABLE emissions.activity (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    month VARCHAR NOT NULL,
    row_last BIGINT NOT NULL,
    row_count INTEGER NOT NULL,
    bill_start DATE,
    bill_end DATE,
    bill_quantity DECIMAL(38, 12),
    waiting_commit BIGINT,
    waiting_ordinal BIGINT,
    tier TINYINT NOT NULL,
    source VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    enterprise_id VARCHAR NOT NULL,
    enterprise_name VARCHAR NOT NULL,
    facility VARCHAR NOT NULL,
    device VARCHAR NOT NULL,
    carrier VARCHAR NOT NULL,
    carrier_text VARCHAR NOT NULL,
    flow VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    starts_at TIMESTAMP,
    quantity_text VARCHAR NOT NULL,
    quantity DECIMAL(38, 12) NOT NULL,
    unit VARCHAR NOT NULL,
    ncv DECIMAL(38, 12),
    ncv_unit VARCHAR NOT NULL,
    carbon_content DECIMAL(38, 12),
    carbon_content_unit VARCHAR NOT NULL,
    elemental_carbon DECIMAL(38, 12),
    elemental_carbon_unit VARCHAR NOT NULL,
    oxidation_rate DECIMAL(38, 12),
    oxidation_rate_unit VARCHAR NOT NULL,
    moisture DECIMAL(38, 12),
    moisture_unit VARCHAR NOT NULL,
    pressure DECIMAL(38, 12),
    pressure_unit VARCHAR NOT NULL,
    temperature DECIMAL(38, 12),
    temperature_unit VARCHAR NOT NULL,
    enthalpy DECIMAL(38, 12),
    enthalpy_unit VARCHAR NOT NULL,
    coal_basis VARCHAR NOT NULL,
    gas_condition VARCHAR NOT NULL,
    data_kind VARCHAR NOT NULL,
    evidence_kind VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL,
    correction_of VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    from_float BOOLEAN NOT NULL
);

-- Grain: an activity (or the part of one) whose month was closed when it came; the same columns.
-- It is posted after reopening: then an activity names it in waiting_commit, waiting_ordinal.
CREATE TABLE emissions.waiting AS FROM emissions.activity LIMIT 0;

-- Grain: a waiting row that will not be posted, and why: 'unchanged', for when its month was open
-- again, what it says stood there already.
CREATE TABLE emissions.waiting_end (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    waiting_commit BIGINT NOT NULL,
    waiting_ordinal BIGINT NOT NULL,
    cause VARCHAR NOT NULL CHECK (cause IN ('unchanged'))
);

-- Grain: one method applied to one case (which tables, which parameters). `parameters` is a JSON
-- array in formula order: name, origin (measured, factor, constant), value as printed, unit, and
-- for a factor its id, edition, document, clause, standing. scope, category, boundary and measure
-- stand here once and not in each entry: they never differ within a resolution.
CREATE TABLE emissions.resolution (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    resolution_id INTEGER NOT NULL UNIQUE,
    method_edition VARCHAR NOT NULL,
    method VARCHAR NOT NULL,
    measure VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    sign TINYINT NOT NULL,
    counted BOOLEAN NOT NULL,
    scope VARCHAR NOT NULL,
    category VARCHAR NOT NULL,
    boundary VARCHAR NOT NULL,
    gwp_edition VARCHAR NOT NULL,
    carrier VARCHAR NOT NULL,
    flow VARCHAR NOT NULL,
    flows_beside VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    industry VARCHAR NOT NULL,
    enterprise_id VARCHAR NOT NULL,
    facility VARCHAR NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    measured VARCHAR NOT NULL,
    formula VARCHAR NOT NULL,
    parameters VARCHAR NOT NULL,
    notes VARCHAR NOT NULL
);

-- Grain: one resolution with one set of units as written. `units`: JSON, column → unit as written.
-- `multipliers`: JSON, parameter → how many units of the formula one unit as written is, as
-- "numerator/denominator"; `output` is how many quanta the product of the formula's units is, `dry`
-- (where a value per dry tonne is brought to the received one) the size of the moisture's unit. The
-- kernel is
-- numerator/denominator × Π (raw column + offset) in quanta; `terms`: JSON, column → offset;
-- `approximation` is the same fraction as the double that the calculation uses, in hexadecimal.
CREATE TABLE emissions.proof (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    proof_id INTEGER NOT NULL UNIQUE,
    resolution_id INTEGER NOT NULL,
    units VARCHAR NOT NULL,
    coal_basis VARCHAR NOT NULL,
    gas_condition VARCHAR NOT NULL,
    condition_assumed BOOLEAN NOT NULL,
    multipliers VARCHAR NOT NULL,
    statement VARCHAR NOT NULL,
    numerator VARCHAR NOT NULL,
    denominator VARCHAR NOT NULL CHECK (denominator <> '0'),
    approximation VARCHAR NOT NULL,
    terms VARCHAR NOT NULL
);

-- Grain: one measure of one activity under one method, in whole quanta of the measure (CO2 and
-- CO2e 1 g, CH4 1 mg, N2O and F-gases 1 µg, energy 1 gce). A reversal holds the negated value of
-- the entry that it names and the same activity, resolution and proof.
CREATE TABLE emissions.entry (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    activity_commit BIGINT NOT NULL,
    activity_ordinal BIGINT NOT NULL,
    month VARCHAR NOT NULL,
    resolution_id INTEGER NOT NULL,
    proof_id INTEGER NOT NULL,
    value BIGINT NOT NULL,
    tier TINYINT NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('post', 'reversal', 'restatement')),
    cause VARCHAR NOT NULL,
    reverses_commit BIGINT,
    reverses_ordinal BIGINT
);

-- Grain: an activity that no longer stands, by which commit, why, and what came in its place
-- (by_source '' where nothing did). Its live entries are reversed in the same commit.
CREATE TABLE emissions.withdrawal (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    activity_commit BIGINT NOT NULL,
    activity_ordinal BIGINT NOT NULL,
    cause VARCHAR NOT NULL,
    from_source VARCHAR NOT NULL,
    by_source VARCHAR NOT NULL
);

-- Grain: a fault of a row or file of a commit; severity 'E' kept the row out, 'W' did not.
CREATE TABLE emissions.rejection (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL,
    column_name VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    severity VARCHAR NOT NULL CHECK (severity IN ('E', 'W')),
    seen VARCHAR NOT NULL,
    facts VARCHAR NOT NULL
);

-- The entry with everything that it refers to, for people and reports; entry_id is how it is named.
CREATE VIEW emissions.line AS
SELECT
    e.commit_no || '-' || e.ordinal AS entry_id,
    e.commit_no,
    e.ordinal,
    e.kind,
    e.cause,
    CASE WHEN e.reverses_commit IS NULL THEN '' ELSE e.reverses_commit || '-' || e.reverses_ordinal
    END AS reverses_id,
    e.month,
    e.value,
    e.tier,
    r.measure,
    r.scope,
    r.category,
    r.boundary,
    r.counted,
    r.gwp_edition,
    r.method_edition,
    r.method,
    e.resolution_id,
    e.proof_id,
    e.activity_commit,
    e.activity_ordinal,
    a.* EXCLUDE (commit_no, ordinal, month, tier),
    c.recorded_at,
    c.person
FROM emissions.entry AS e
JOIN emissions.activity AS a
    ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
JOIN journal.commit AS c ON c.commit_no = e.commit_no;

-- The ledger as it stood at a moment (UTC): what had been recorded by then, nothing later.
CREATE MACRO emissions.line_at(moment) AS TABLE
SELECT * FROM emissions.line WHERE recorded_at <= moment;

-- The entries that stand: neither reversals nor reversed.
CREATE VIEW emissions.live_entry AS
SELECT e.*
FROM emissions.entry AS e
WHERE e.kind <> 'reversal'
    AND NOT EXISTS (
        SELECT 1
        FROM emissions.entry AS x
        WHERE x.reverses_commit = e.commit_no AND x.reverses_ordinal = e.ordinal
    );

-- The activities that stand: not withdrawn.
CREATE VIEW emissions.live_activity AS
SELECT a.*
FROM emissions.activity AS a
WHERE NOT EXISTS (
    SELECT 1
    FROM emissions.withdrawal AS w
    WHERE w.activity_commit = a.commit_no AND w.activity_ordinal = a.ordinal
);

-- The waiting rows that no activity was posted from yet and that are not done with otherwise.
CREATE VIEW emissions.still_waiting AS
SELECT w.*
FROM emissions.waiting AS w
WHERE NOT EXISTS (
    SELECT 1
    FROM emissions.activity AS a
    WHERE a.waiting_commit = w.commit_no AND a.waiting_ordinal = w.ordinal
)
    AND NOT EXISTS (
        SELECT 1
        FROM emissions.waiting_end AS d
        WHERE d.waiting_commit = w.commit_no AND d.waiting_ordinal = w.ordinal
    );
