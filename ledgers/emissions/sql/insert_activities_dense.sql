-- Purpose: as insert_activities.sql for a run that takes every row of one file as it came: the
-- ordinal is then the row's place in the file, which needs no single-threaded window.
-- Parameters: $commit_no; view prepared_open. Grain: one prepared row.
INSERT INTO emissions.activity BY NAME
SELECT $commit_no AS commit_no, position AS ordinal, * EXCLUDE (position)
FROM prepared_open;
