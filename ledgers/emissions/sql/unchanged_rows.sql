-- Purpose: rows whose stream stands with the same content already. Parameters: temp tables
-- stream_row, shared_stream. Grain: one row (or sum of rows) of a file.
INSERT INTO left_out
SELECT source, sheet, row_no, max(row_count), 'unchanged'
FROM stream_row
SEMI JOIN (FROM shared_stream WHERE unchanged) USING (stream, evidence_kind)
WHERE sign = 1
GROUP BY source, sheet, row_no;
