-- Purpose: the typed rows that this run takes: their period ends in its month, and neither they
-- nor their whole file is refused. A row is taken by the run of the month in which it ends, so
-- that every row is taken by exactly one run.
-- Parameters: variables first_day, last_day; view typed; temp tables refused_row, refused_source.
-- Grain: one row of a file.
CREATE OR REPLACE TEMP VIEW taken AS
FROM typed
ANTI JOIN refused_row USING (source, sheet, row_no)
ANTI JOIN refused_source USING (source)
WHERE period_end BETWEEN getvariable('first_day') AND getvariable('last_day');
