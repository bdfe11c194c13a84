-- Purpose: rows that come in the place of others, with the cause that their entries carry.
-- Parameters: temp tables stream_row, shared_stream, withdrawn. Grain: one row of a file.
INSERT INTO replacing_row
SELECT DISTINCT r.source, r.sheet, r.row_no, 'resubmission'
FROM stream_row AS r
SEMI JOIN (FROM shared_stream WHERE NOT unchanged) USING (stream, evidence_kind)
WHERE r.sign = 1;
