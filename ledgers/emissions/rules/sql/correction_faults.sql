-- Purpose: corrections that name no known row (CR-01). A row is named by its number in the same
-- sheet ('12', '第12行'), by file and row ('<first 8 or more digits of the file's sha256>:12'), by
-- its entry or activity in the ledger ('<commit>-<ordinal>'), or by the evidence of another row
-- of the same enterprise, in hand or in the ledger.
-- Parameters: views typed, rule_corrections, rule_ledger_names.
-- Grain: one row with correction_of.
INSERT INTO faults BY NAME
WITH wanted AS (
    SELECT
        source, sheet, row_no, enterprise_id, correction_of,
        try_cast(regexp_extract(correction_of, '^(?:第|行|row |#)?(\d{1,12})(?:行)?$', 1) AS BIGINT)
            AS named_row,
        regexp_extract(correction_of, '^([0-9a-f]{8,64}):(\d{1,12})$', 1) AS named_file,
        try_cast(regexp_extract(correction_of, '^([0-9a-f]{8,64}):(\d{1,12})$', 2) AS BIGINT)
            AS named_file_row
    FROM typed
    WHERE correction_of <> ''
),
known AS (
    SELECT w.source, w.sheet, w.row_no
    FROM wanted AS w
    JOIN typed AS t
        ON t.source = w.source AND t.sheet = w.sheet AND t.row_no = w.named_row
    WHERE t.row_no <> w.row_no
    UNION
    SELECT w.source, w.sheet, w.row_no
    FROM wanted AS w
    JOIN typed AS t ON t.row_no = w.named_file_row AND starts_with(t.source, w.named_file)
    WHERE w.named_file <> '' AND t.source <> w.source
    UNION
    SELECT w.source, w.sheet, w.row_no
    FROM wanted AS w
    JOIN typed AS t ON t.enterprise_id = w.enterprise_id AND t.evidence = w.correction_of
    WHERE t.source <> w.source OR t.sheet <> w.sheet OR t.row_no <> w.row_no
    UNION
    SELECT w.source, w.sheet, w.row_no
    FROM wanted AS w
    JOIN rule_ledger_names AS l
        ON l.enterprise_id = w.enterprise_id
        AND (
            l.evidence = w.correction_of
            OR l.activity_id = w.correction_of
            OR (
                w.named_file <> ''
                AND starts_with(l.source, w.named_file)
                AND w.named_file_row BETWEEN l.row_no AND l.row_last
            )
        )
)
SELECT
    w.source, w.sheet, w.row_no, 'correction_of' AS column_name, 'CR-01' AS rule,
    'E' AS severity, w.correction_of AS seen,
    CAST(to_json({'enterprise_id': w.enterprise_id}) AS VARCHAR) AS facts
FROM wanted AS w
ANTI JOIN known AS k
    ON k.source = w.source AND k.sheet = w.sheet AND k.row_no = w.row_no
