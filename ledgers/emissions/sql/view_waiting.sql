-- Purpose: what one commit kept waiting for a month that is open again, as prepared rows.
-- Parameters: variables month, waiting_commit; temp tables refused_row, refused_source.
-- Grain: one prepared row.
CREATE OR REPLACE TEMP VIEW prepared AS
SELECT
    * EXCLUDE (commit_no, ordinal, waiting_commit, waiting_ordinal),
    commit_no AS waiting_commit,
    ordinal AS waiting_ordinal,
    NULL::BIGINT AS position
FROM emissions.still_waiting
ANTI JOIN refused_row USING (source, sheet, row_no)
ANTI JOIN refused_source USING (source)
WHERE month = getvariable('month') AND commit_no = getvariable('waiting_commit');
