-- Purpose: the prepared rows whose month is open. Parameters: view prepared; temp table
-- closed_month. Grain: one prepared row.
CREATE OR REPLACE TEMP VIEW prepared_open AS
FROM prepared
ANTI JOIN closed_month USING (month);
