-- Purpose: cases are found among the rows about to be posted.
-- Parameters: view prepared_open. Grain: one prepared row.
CREATE OR REPLACE TEMP VIEW subject AS
SELECT 0::BIGINT AS activity_commit, 0::BIGINT AS activity_ordinal, *
FROM prepared_open;
