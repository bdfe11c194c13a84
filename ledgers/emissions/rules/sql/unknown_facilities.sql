-- Purpose: facilities that the register does not have (or not for those days) under a registered
-- enterprise (RG-03): listed one by one, or once at the first row of a sheet with their number.
-- Parameters: view typed; temp tables rule_summary, rule_case, rule_facility, rule_span; $listed.
-- Grain: one row, or one facility in a sheet.
INSERT INTO faults BY NAME
WITH named AS (
    SELECT
        source, sheet, enterprise_id, facility,
        sum(rows) AS rows, min(row_no) AS row_no,
        min(period_start) AS first_day, max(period_end) AS last_day
    FROM rule_summary
    JOIN rule_case USING (case_id)
    WHERE facility <> ''
    GROUP BY source, sheet, enterprise_id, facility
),
unknown AS (
    SELECT n.*
    FROM named AS n
    SEMI JOIN rule_span AS d ON d.enterprise_id = n.enterprise_id
    ANTI JOIN rule_facility AS f
        ON f.enterprise_id = n.enterprise_id
        AND f.facility = n.facility
        AND n.first_day >= f.first_day
        AND n.last_day <= f.last_day
),
places AS (
    SELECT source, sheet, row_no, enterprise_id, facility, rows FROM unknown WHERE rows > $listed
    UNION ALL
    SELECT t.source, t.sheet, t.row_no, t.enterprise_id, t.facility, 1 AS rows
    FROM typed AS t
    JOIN unknown AS u USING (source, sheet, enterprise_id, facility)
    -- One row of an odd year does not make the others of its facility unknown.
    ANTI JOIN rule_facility AS f
        ON f.enterprise_id = t.enterprise_id
        AND f.facility = t.facility
        AND t.period_start >= f.first_day
        AND t.period_end <= f.last_day
    WHERE u.rows <= $listed
)
SELECT
    source, sheet, row_no, 'facility' AS column_name, 'RG-03' AS rule, 'W' AS severity,
    facility AS seen,
    CAST(
        to_json({
            'enterprise_id': enterprise_id, 'facility': facility, 'rows': CAST(rows AS VARCHAR)
        }) AS VARCHAR
    ) AS facts
FROM places
