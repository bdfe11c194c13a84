-- Purpose: faults found in the files of a span, each once, with the enterprise that sent the row
-- where the ledger knows it: named in the fault's facts, else by what was posted of the same row.
-- Nobody is named by a guess: a whole file, or a row without a credit code, is nobody's.
-- Parameters: $months; $commit_no (the last commit to read); $most (rows at most).
-- Grain: one fault of one row.
WITH fault AS (
    SELECT r.*, c.month, c.recorded_at
    FROM emissions.rejection AS r
    JOIN journal.commit AS c ON c.commit_no = r.commit_no
    WHERE c.month IN (SELECT unnest($months)) AND r.commit_no <= $commit_no
    QUALIFY row_number() OVER (
        PARTITION BY r.source, r.sheet, r.row_no, r.column_name, r.rule, r.seen
        ORDER BY r.commit_no DESC, r.ordinal
    ) = 1
),
party AS (
    SELECT source, sheet, row_no, enterprise_id, enterprise_name FROM emissions.activity
    WHERE source IN (SELECT source FROM fault)
    UNION ALL
    SELECT source, sheet, row_no, enterprise_id, enterprise_name FROM emissions.waiting
    WHERE source IN (SELECT source FROM fault)
),
of_row AS (
    SELECT source, sheet, row_no, min(enterprise_id) AS enterprise_id
    FROM party
    GROUP BY source, sheet, row_no
)
SELECT
    coalesce(nullif(f.facts ->> '$.enterprise_id', ''), o.enterprise_id, '') AS enterprise_id,
    f.month,
    f.source,
    coalesce(s.name, '') AS source_name,
    f.sheet,
    f.row_no,
    f.column_name,
    f.rule,
    f.severity,
    f.seen,
    f.facts,
    f.recorded_at
FROM fault AS f
LEFT JOIN of_row AS o
    ON o.source = f.source AND o.sheet = f.sheet AND o.row_no = f.row_no
LEFT JOIN (
    SELECT source, min(name) FILTER (name <> '') AS name FROM emissions.source GROUP BY source
) AS s ON s.source = f.source
ORDER BY f.severity, enterprise_id, f.month, source_name, f.source, f.sheet, f.row_no, f.rule,
    f.column_name
LIMIT $most
