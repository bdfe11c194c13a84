-- The record of steps that have run, made by the runner before the first of them.
-- Parameters: none. Grain: one row a step.
CREATE TABLE IF NOT EXISTS journal.migration (
    number      BIGINT PRIMARY KEY,
    name        VARCHAR NOT NULL,
    sha256      VARCHAR NOT NULL,
    applied_at  TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')
)
