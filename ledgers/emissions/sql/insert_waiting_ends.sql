-- Purpose: waiting rows that say what stands already are done with.
-- Parameters: $commit_no; variables month, waiting_commit; temp table left_out.
-- Grain: one waiting row.
INSERT INTO emissions.waiting_end
SELECT
    $commit_no, row_number() OVER (ORDER BY w.ordinal) - 1, w.commit_no, w.ordinal, 'unchanged'
FROM emissions.waiting AS w
SEMI JOIN (FROM left_out WHERE why = 'unchanged') USING (source, sheet, row_no)
WHERE w.month = getvariable('month') AND w.commit_no = getvariable('waiting_commit')
ORDER BY 2;
