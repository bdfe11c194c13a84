-- Purpose: the rows of results that no entry can hold, as faults.
-- Parameters: lists $ordinals, $quanta of one length; variable commit_no; view sum_row.
-- Grain: one row.
SELECT
    a.source, a.sheet, coalesce(s.row_no, a.row_no) AS row_no, 'quantity', 'FA-05', 'E', a.quantity_text || ' ' || a.unit,
    json_object('enterprise_id', min(a.enterprise_id), 'quanta', min(x.quanta))::VARCHAR
FROM emissions.activity AS a
JOIN (SELECT unnest($ordinals::BIGINT[]) AS ordinal, unnest($quanta::VARCHAR[]) AS quanta) AS x
    ON x.ordinal = a.ordinal
LEFT JOIN sum_row AS s
    ON a.row_count > 1 AND s.source = a.source AND s.sheet = a.sheet AND s.first_row = a.row_no
WHERE a.commit_no = getvariable('commit_no')
GROUP BY a.source, a.sheet, a.row_no, s.row_no, a.quantity_text, a.unit;
