-- The journal that every book shares: commits, periods, statement leaves.
-- No sentence here is ever changed; a later file adds. Grain: see each table.
CREATE SCHEMA IF NOT EXISTS journal;

-- One row a commit. `header` is canonical JSON; hash = SHA256(0x02 || prev_hash || header).
CREATE TABLE journal.commit (
    commit_no    BIGINT PRIMARY KEY CHECK (commit_no > 0),
    book         VARCHAR NOT NULL CHECK (book <> ''),
    kind         VARCHAR NOT NULL CHECK (kind <> ''),
    key          VARCHAR NOT NULL UNIQUE CHECK (key <> ''),
    body_sha256  VARCHAR NOT NULL CHECK (length(body_sha256) = 64),
    month        VARCHAR NOT NULL CHECK (month = '' OR regexp_full_match(month, '\d{4}-(0[1-9]|1[0-2])')),
    person       VARCHAR NOT NULL CHECK (person <> ''),
    reason       VARCHAR NOT NULL,
    recorded_at  TIMESTAMP NOT NULL,
    header       VARCHAR NOT NULL,
    prev_hash    VARCHAR NOT NULL CHECK (length(prev_hash) = 64),
    hash         VARCHAR NOT NULL UNIQUE CHECK (length(hash) = 64)
);

-- One row each time that a month is closed or reopened; the last one says how it stands.
CREATE TABLE journal.period_event (
    commit_no  BIGINT NOT NULL,
    ordinal    BIGINT NOT NULL,
    month      VARCHAR NOT NULL CHECK (regexp_full_match(month, '\d{4}-(0[1-9]|1[0-2])')),
    event      VARCHAR NOT NULL CHECK (event IN ('close', 'reopen')),
    reason     VARCHAR NOT NULL CHECK (event = 'close' OR reason <> '')
);

-- One row an enterprise of a closed month: what its statement says, and the leaf of it in the
-- month's second tree. leaf = SHA256(0x00 || body), body canonical JSON in UTF-8.
CREATE TABLE journal.statement_leaf (
    commit_no      BIGINT NOT NULL,
    ordinal        BIGINT NOT NULL,
    month          VARCHAR NOT NULL,
    enterprise_id  VARCHAR NOT NULL CHECK (enterprise_id <> ''),
    body           VARCHAR NOT NULL,
    leaf           VARCHAR NOT NULL CHECK (length(leaf) = 64)
);
