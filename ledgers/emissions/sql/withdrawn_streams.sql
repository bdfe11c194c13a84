-- Purpose: the activities that this batch replaces: the whole set of a changed stream.
-- Parameters: temp tables stream_row, shared_stream, withdrawn (accruals whose real value has come
-- are there already). Grain: one activity.
INSERT INTO withdrawn
SELECT r.activity_commit, r.activity_ordinal, 'resubmission', r.source, s.by_source
FROM stream_row AS r
JOIN shared_stream AS s USING (stream, evidence_kind)
ANTI JOIN withdrawn AS w
    ON w.activity_commit = r.activity_commit AND w.activity_ordinal = r.activity_ordinal
WHERE r.sign = -1 AND NOT s.unchanged;
