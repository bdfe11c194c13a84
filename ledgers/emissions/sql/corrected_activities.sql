-- Purpose: the activities that correcting rows replace. A row is named by its number in the same
-- sheet ('12', '第12行'), by file and row ('<8 or more digits of the sha256>:12'), by an entry of
-- the ledger ('<commit>-<ordinal>'), or by the evidence of another row
-- of the same enterprise, carrier and flow.
-- Only rows that are not negative replace; a negative row is booked beside what it corrects.
-- Parameters: views prepared_open, live_activity. Grain: one activity and correcting row.
INSERT INTO withdrawn
WITH wanted AS (
    SELECT
        source, sheet, row_no, enterprise_id, carrier, flow, correction_of,
        try_cast(regexp_extract(correction_of, '^(?:第|行|row |#)?(\d{1,12})(?:行)?$', 1)
            AS BIGINT) AS named_row,
        regexp_extract(correction_of, '^([0-9a-f]{8,64}):(\d{1,12})$', 1) AS named_file,
        try_cast(regexp_extract(correction_of, '^([0-9a-f]{8,64}):(\d{1,12})$', 2) AS BIGINT)
            AS named_file_row,
        try_cast(regexp_extract(correction_of, '^(\d{1,12})-(\d{1,12})$', 1) AS BIGINT)
            AS named_commit,
        try_cast(regexp_extract(correction_of, '^(\d{1,12})-(\d{1,12})$', 2) AS BIGINT)
            AS named_ordinal
    FROM prepared_open
    WHERE correction_of <> '' AND quantity >= 0
),
found AS (
    SELECT a.commit_no, a.ordinal, a.source, w.source AS by_source
    FROM wanted AS w
    JOIN emissions.live_activity AS a ON a.enterprise_id = w.enterprise_id
    WHERE (a.source = w.source AND a.sheet = w.sheet AND a.row_no = w.named_row
            AND a.row_no <> w.row_no)
        OR (w.named_file <> '' AND starts_with(a.source, w.named_file)
            AND w.named_file_row BETWEEN a.row_no AND a.row_last)
        OR (a.evidence = w.correction_of AND a.carrier = w.carrier AND a.flow = w.flow)
    UNION
    SELECT a.commit_no, a.ordinal, a.source, w.source
    FROM wanted AS w
    JOIN emissions.entry AS e ON e.commit_no = w.named_commit AND e.ordinal = w.named_ordinal
    JOIN emissions.live_activity AS a
        ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
        AND a.enterprise_id = w.enterprise_id
)
SELECT commit_no, ordinal, 'correction', any_value(source), max(by_source)
FROM found
WHERE commit_no < getvariable('commit_no')
GROUP BY commit_no, ordinal;
