-- Purpose: post the prepared rows of open months as activities.
-- Parameters: $commit_no; view prepared_open.
-- Grain: one prepared row.
INSERT INTO emissions.activity BY NAME
SELECT $commit_no AS commit_no, row_number() OVER () - 1 AS ordinal, * EXCLUDE (position)
FROM prepared_open;
