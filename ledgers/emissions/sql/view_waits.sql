-- Purpose: the prepared rows whose month is closed. Parameters: view prepared; temp table
-- closed_month. Grain: one prepared row.
CREATE OR REPLACE TEMP VIEW prepared_waiting AS
FROM prepared
SEMI JOIN closed_month USING (month);
