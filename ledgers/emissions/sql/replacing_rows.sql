-- Purpose: rows that come in the place of others, with the cause that their entries carry.
-- A stream whose only other side was an accrual is no resubmission.
-- Parameters: temp tables stream_row, shared_stream, withdrawn. Grain: one row of a file.
INSERT INTO replacing_row
SELECT DISTINCT r.source, r.sheet, r.row_no, 'resubmission'
FROM stream_row AS r
SEMI JOIN (FROM shared_stream WHERE NOT unchanged) USING (stream, evidence_kind)
SEMI JOIN (
    SELECT s.stream, s.evidence_kind
    FROM stream_row AS s
    JOIN withdrawn AS w
        ON w.activity_commit = s.activity_commit AND w.activity_ordinal = s.activity_ordinal
    WHERE w.cause = 'resubmission'
) AS o
    ON o.stream = r.stream AND o.evidence_kind = r.evidence_kind
WHERE r.sign = 1;
