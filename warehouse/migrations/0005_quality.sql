-- Emission book: what enterprises declare of their own emissions, to be held against the ledger's.
-- A declaration moves no figure; a later one for the same key takes the place of an earlier.

-- Grain: one declared emission of an enterprise, month and carrier ('' = all of them), in tonnes of
-- CO2 as written.
CREATE TABLE emissions.declaration (
    commit_no BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    enterprise_id VARCHAR NOT NULL CHECK (enterprise_id <> ''),
    month VARCHAR NOT NULL CHECK (regexp_full_match(month, '\d{4}-(0[1-9]|1[0-2])')),
    carrier VARCHAR NOT NULL,
    tonnes DECIMAL(38, 12) NOT NULL,
    document VARCHAR NOT NULL CHECK (document <> '')
);
