-- Allowance registry: accounts, requests and their steps, transactions, lines, moves of serial blocks.
-- Every table but `balance` and `holding` is journalled: rows belong to a commit and are only added.
-- Those two are derived: rebuilt from moves and compared by the check.

CREATE SCHEMA IF NOT EXISTS allowances;

-- Grain: one version of a declarative table (account kinds, transaction types, vintages, a calendar).
-- `text` is its TOML as loaded. The version with the latest applies_from not after a day is in
-- force on it; of two of the same day the one that was recorded later.
CREATE TABLE allowances.ruling (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    subject VARCHAR NOT NULL CHECK (subject IN ('account_kinds', 'transaction_types', 'vintages', 'calendar')),
    name VARCHAR NOT NULL,
    version VARCHAR NOT NULL CHECK (version <> ''),
    applies_from DATE NOT NULL,
    sha256 VARCHAR NOT NULL CHECK (length(sha256) = 64),
    text VARCHAR NOT NULL
);

-- Grain: a market of which this is the registry. `linked` names the document that allows transfers
-- with other markets; '' (the default) means that there is none.
CREATE TABLE allowances.market (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    market VARCHAR NOT NULL CHECK (regexp_full_match(market, '[A-Z]{2}')),
    name VARCHAR NOT NULL CHECK (name <> ''),
    basis VARCHAR NOT NULL,
    calendar VARCHAR NOT NULL,
    linked VARCHAR NOT NULL
);

-- Grain: an account as proposed; what became of it is in account_event.
CREATE TABLE allowances.account (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    account INTEGER NOT NULL UNIQUE,
    number VARCHAR NOT NULL UNIQUE,
    market VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    entity VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    period INTEGER NOT NULL CHECK (period BETWEEN 0 AND 99)
);

-- Grain: a change of an account's status; the last one holds. Opening takes two persons.
CREATE TABLE allowances.account_event (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    account INTEGER NOT NULL,
    status VARCHAR NOT NULL CHECK (status IN ('proposed', 'open', 'some_restricted', 'no_outgoing', 'frozen', 'transfer_pending', 'closing', 'closed', 'refused')),
    proposer VARCHAR NOT NULL CHECK (proposer <> ''),
    approver VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    CHECK (approver <> proposer),
    CHECK (status = 'proposed' OR approver <> '')
);

-- Grain: what a person may do from a day on. `scope`: for a holder the account's entity or number,
-- for a bank its name; '' = everywhere. Nobody gives a mandate to himself. A mandate whose valid_to
-- is the day before its valid_from is withdrawn.
CREATE TABLE allowances.mandate (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    person VARCHAR NOT NULL CHECK (person <> ''),
    role VARCHAR NOT NULL CHECK (role IN ('registry', 'holder', 'bank', 'court')),
    scope VARCHAR NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    granted_by VARCHAR NOT NULL CHECK (granted_by <> ''),
    CHECK (granted_by <> person)
);

-- Grain: a person or entity that may not trade, and why.
CREATE TABLE allowances.conflict (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    party VARCHAR NOT NULL CHECK (party <> ''),
    capacity VARCHAR NOT NULL CHECK (capacity IN ('regulator', 'registry', 'exchange', 'verifier')),
    document VARCHAR NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE
);

-- Grain: how many units may be issued at most, by plan; the last row of a unit holds.
CREATE TABLE allowances.cap (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    unit VARCHAR NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity >= 0),
    document VARCHAR NOT NULL CHECK (document <> ''),
    proposer VARCHAR NOT NULL CHECK (proposer <> ''),
    approver VARCHAR NOT NULL CHECK (approver <> ''),
    CHECK (approver <> proposer)
);

-- Grain: a compliance year of a market that was sealed.
CREATE TABLE allowances.sealed_year (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    market VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    document VARCHAR NOT NULL,
    proposer VARCHAR NOT NULL CHECK (proposer <> ''),
    approver VARCHAR NOT NULL CHECK (approver <> ''),
    CHECK (approver <> proposer),
    UNIQUE (market, year)
);

-- Grain: a request as proposed. `refers` is the seq of the transaction that it takes back.
CREATE TABLE allowances.request (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    request VARCHAR NOT NULL UNIQUE,
    type VARCHAR NOT NULL,
    market VARCHAR NOT NULL,
    year INTEGER,
    counterparty VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    refers BIGINT,
    proposer VARCHAR NOT NULL CHECK (proposer <> ''),
    types_version VARCHAR NOT NULL,
    requested_at TIMESTAMP NOT NULL
);

-- Grain: one movement that a request asks for.
CREATE TABLE allowances.request_line (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    request VARCHAR NOT NULL,
    line_no INTEGER NOT NULL,
    ref VARCHAR NOT NULL,
    from_account INTEGER NOT NULL,
    from_position VARCHAR NOT NULL,
    to_account INTEGER NOT NULL,
    to_position VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    first BIGINT,
    origin VARCHAR NOT NULL
);

-- Grain: a state that a request came into, who brought it there and when.
CREATE TABLE allowances.step (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    request VARCHAR NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('awaiting_approval', 'rejected', 'proposed', 'checked', 'terminated', 'delayed', 'completed', 'cancelled', 'expired', 'failed')),
    person VARCHAR NOT NULL CHECK (person <> ''),
    moment TIMESTAMP NOT NULL,
    executes_at TIMESTAMP,
    calendar_version VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);

-- Grain: the second person's verdict on a request. The constraint holds whatever the code does.
CREATE TABLE allowances.approval (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    request VARCHAR NOT NULL UNIQUE,
    verdict VARCHAR NOT NULL CHECK (verdict IN ('approve', 'reject')),
    proposer VARCHAR NOT NULL CHECK (proposer <> ''),
    approver VARCHAR NOT NULL CHECK (approver <> ''),
    CHECK (approver <> proposer)
);

-- Grain: something that was refused, with the reason as code and facts (JSON).
CREATE TABLE allowances.refusal (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    request VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    moment TIMESTAMP NOT NULL,
    code VARCHAR NOT NULL,
    facts VARCHAR NOT NULL
);

-- Grain: a completed transaction. `body` is the canonical JSON of the whole transaction with its
-- blocks; leaf = SHA256(0x00 || leaf of the transaction before (32 zero bytes for the first) || body).
CREATE TABLE allowances.transaction (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    id VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    market VARCHAR NOT NULL,
    executed_at TIMESTAMP NOT NULL,
    proposer VARCHAR NOT NULL CHECK (proposer <> ''),
    approver VARCHAR NOT NULL,
    approvals TINYINT NOT NULL CHECK (approvals IN (0, 1)),
    year INTEGER,
    counterparty VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    refers BIGINT,
    types_version VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    leaf VARCHAR NOT NULL CHECK (length(leaf) = 64),
    CHECK (approver <> proposer),
    CHECK (approvals = 0 OR approver <> '')
);

-- Grain: one movement of a transaction: so many units of one kind from a position to a position.
CREATE TABLE allowances.line (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line_no INTEGER NOT NULL,
    ref VARCHAR NOT NULL,
    from_account INTEGER NOT NULL,
    from_position VARCHAR NOT NULL,
    to_account INTEGER NOT NULL,
    to_position VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    origin VARCHAR NOT NULL
);

-- Grain: one block of a line, first and last serial number counted. `parent` is the move through
-- which the block came to where it is taken from, NULL for a newly issued one. So every unit has one
-- path, and it is where the last move of its path brought it.
CREATE TABLE allowances.move (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    move BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line_no INTEGER NOT NULL,
    first BIGINT NOT NULL CHECK (first >= 0),
    last BIGINT NOT NULL CHECK (last >= first),
    parent BIGINT
);

-- Derived. Grain: units of one kind in one position of an account; `reserved` is the part that
-- requests under way have claimed. Only issuance may be below zero.
CREATE TABLE allowances.balance (
    account INTEGER NOT NULL,
    position VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    quantity BIGINT NOT NULL,
    reserved BIGINT NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    issuance BOOLEAN NOT NULL,
    CHECK (issuance OR quantity >= 0),
    CHECK (issuance OR reserved <= quantity),
    UNIQUE (account, position, unit)
);

-- Derived. Grain: what is left where it came to of one move's block.
CREATE TABLE allowances.holding (
    move BIGINT NOT NULL,
    account INTEGER NOT NULL,
    position VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL CHECK (last >= first),
    acquired_at TIMESTAMP NOT NULL,
    origin VARCHAR NOT NULL,
    seq BIGINT NOT NULL
);

-- Accounts as they stand.
CREATE VIEW allowances.account_now AS
SELECT
    a.account,
    a.number,
    a.market,
    a.kind,
    a.entity,
    a.name,
    e.status,
    e.proposer,
    e.approver,
    e.reason
FROM allowances.account AS a
JOIN (
    SELECT *
    FROM allowances.account_event
    QUALIFY row_number() OVER (PARTITION BY account ORDER BY commit_no DESC, ordinal DESC) = 1
) AS e USING (account);

-- Requests as they stand.
CREATE VIEW allowances.request_now AS
SELECT
    r.* EXCLUDE (commit_no, ordinal),
    s.state,
    s.person AS state_person,
    s.moment AS state_at,
    s.executes_at,
    s.calendar_version,
    s.reason AS state_reason
FROM allowances.request AS r
JOIN (
    SELECT *
    FROM allowances.step
    QUALIFY row_number() OVER (PARTITION BY request ORDER BY commit_no DESC, ordinal DESC) = 1
) AS s USING (request);
