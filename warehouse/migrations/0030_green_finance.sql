-- Green finance book, first part: official tables of green catalogues that an operator imported,
-- crosswalks between editions, and the institutions that report. Every table is journalled: rows
-- belong to a commit and are only added. A later version of an edition supersedes the earlier one,
-- a later row of an institution or of a crossing the earlier one with the same key.

CREATE SCHEMA IF NOT EXISTS finance;

-- Grain: one version of one edition of a green catalogue, as imported from one file.
CREATE TABLE finance.catalogue_edition (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    edition VARCHAR NOT NULL CHECK (edition <> ''),
    version BIGINT NOT NULL CHECK (version >= 1),
    document VARCHAR NOT NULL CHECK (trim(document) <> ''),
    file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL CHECK (regexp_full_match(sha256, '[0-9a-f]{64}')),
    row_count BIGINT NOT NULL,
    reason VARCHAR NOT NULL,
    UNIQUE (edition, version)
);

-- Grain: one entry of one version of an edition, as printed. `condition` is official text.
CREATE TABLE finance.catalogue_entry (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    edition VARCHAR NOT NULL,
    version BIGINT NOT NULL,
    code VARCHAR NOT NULL,
    serial VARCHAR NOT NULL,
    level BIGINT NOT NULL CHECK (level BETWEEN 1 AND 6),
    parent VARCHAR NOT NULL,
    name_zh VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    industry_codes VARCHAR NOT NULL,
    ghg_marker VARCHAR NOT NULL CHECK (ghg_marker IN ('', '√', '√√')),
    standards VARCHAR NOT NULL,
    condition VARCHAR NOT NULL
);

-- Grain: one reviewed line between two entries of two editions; the last one of a key holds.
-- Relation 'none' withdraws it. A line that nobody reviewed is not in this table.
CREATE TABLE finance.crossing (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    from_edition VARCHAR NOT NULL,
    from_code VARCHAR NOT NULL CHECK (from_code <> ''),
    to_edition VARCHAR NOT NULL CHECK (to_edition <> from_edition),
    to_code VARCHAR NOT NULL CHECK (to_code <> ''),
    relation VARCHAR NOT NULL CHECK (relation IN ('exact', 'narrow', 'broad', 'partial', 'none')),
    reviewed_by VARCHAR NOT NULL CHECK (trim(reviewed_by) <> ''),
    reason VARCHAR NOT NULL CHECK (trim(reason) <> '')
);

-- Grain: one institution that reports, from one day on; a later row supersedes.
CREATE TABLE finance.institution (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    institution_id VARCHAR NOT NULL CHECK (regexp_full_match(institution_id, '[0-9A-Z]{6,18}')),
    name VARCHAR NOT NULL CHECK (trim(name) <> ''),
    kind VARCHAR NOT NULL CHECK (kind IN (
        'bank', 'small_loan', 'guarantor', 'lease', 'pawn', 'factoring', 'exchange',
        'online_lender', 'insurer', 'fund_manager', 'wealth_manager', 'issuer', 'trust'
    )),
    district VARCHAR NOT NULL,
    valid_from DATE NOT NULL
);
