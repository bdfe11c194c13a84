-- Purpose: the activities that this batch replaces: the whole set of a changed stream, and an
-- accrual (暂估) whose real value has come, whatever its evidence.
-- Parameters: temp tables stream_row, shared_stream. Grain: one activity.
INSERT INTO withdrawn
SELECT r.activity_commit, r.activity_ordinal, 'resubmission', r.source, s.by_source
FROM stream_row AS r
JOIN shared_stream AS s USING (stream, evidence_kind)
WHERE r.sign = -1 AND NOT s.unchanged
UNION ALL
SELECT r.activity_commit, r.activity_ordinal, 'accrual', r.source, n.by_source
FROM stream_row AS r
ANTI JOIN shared_stream AS s USING (stream, evidence_kind)
JOIN (
    SELECT stream, max(source) AS by_source
    FROM stream_row
    WHERE sign = 1 AND NOT accrued
    GROUP BY stream
) AS n USING (stream)
WHERE r.sign = -1 AND r.accrued;
