-- What needs a second person, and years that are sealed. Every table is journalled: rows belong to
-- a commit and are only added. Whoever asked does not decide, held here as well as in code; names
-- are compared without case and blanks at their ends, so that a second spelling is no second person.

-- Grain: a year (履约年度) sealed or unsealed; the last row says how it stands. What a seal rested
-- on stands in the header of its commit.
CREATE TABLE journal.year_event (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    year VARCHAR NOT NULL CHECK (regexp_full_match(year, '\d{4}')),
    event VARCHAR NOT NULL CHECK (event IN ('seal', 'unseal')),
    reason VARCHAR NOT NULL CHECK (event = 'seal' OR trim(reason) <> '')
);

-- Grain: something that one person asks for and another must decide. `body` is canonical JSON: all
-- that is needed to do it. A request is named by its commit number.
CREATE TABLE journal.request (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL CHECK (ordinal = 0),
    kind VARCHAR NOT NULL CHECK (kind <> ''),
    body VARCHAR NOT NULL,
    requested_by VARCHAR NOT NULL CHECK (trim(requested_by) <> ''),
    reason VARCHAR NOT NULL CHECK (trim(reason) <> '')
);

-- Grain: the decision on one request. It may be withdrawn by the one who asked, never approved.
CREATE TABLE journal.decision (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    request_no BIGINT NOT NULL UNIQUE,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('approved', 'refused')),
    requested_by VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL CHECK (trim(decided_by) <> ''),
    reason VARCHAR NOT NULL,
    CHECK (outcome = 'refused' OR lower(trim(requested_by)) <> lower(trim(decided_by)))
);

-- Grain: a confirmation of something that a person of this ledger brought in, with both persons.
CREATE TABLE reference.second_person (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    subject VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    version BIGINT NOT NULL,
    item VARCHAR NOT NULL,
    entered_by VARCHAR NOT NULL,
    confirmed_by VARCHAR NOT NULL,
    CHECK (lower(trim(entered_by)) <> lower(trim(confirmed_by)))
);
