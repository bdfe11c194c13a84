-- Purpose: keep the prepared rows of closed months until their month is reopened.
-- Parameters: $commit_no; view prepared_waiting. Grain: one prepared row.
INSERT INTO emissions.waiting BY NAME
SELECT $commit_no AS commit_no, row_number() OVER () - 1 AS ordinal, * EXCLUDE (position)
FROM prepared_waiting;
