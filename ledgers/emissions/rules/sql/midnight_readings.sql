-- Purpose: readings that seem to be stamped with the end of their interval (PD-01), so that the one
-- of 24:00, stamped 00:00, was read as the beginning of a day that it does not belong to.
-- 'same_day': 00:00 stands after the other readings of its date, in a file that runs forward.
-- 'next_day': readings begin after 00:00 of the first day and end with a lone 00:00.
-- Parameters: view typed; $declared, the files whose feed says how its stamps are meant.
-- Grain: one sheet and way of stamping, at its first such reading.
INSERT INTO faults BY NAME
WITH days AS (
    SELECT
        source, sheet, enterprise_id, facility, device, carrier, flow, period_start AS day,
        count(*) AS readings,
        min(starts_at) AS first_stamp,
        max(starts_at) AS last_stamp,
        min(row_no) FILTER (starts_at = CAST(period_start AS TIMESTAMP)) AS midnight_row,
        count(*) FILTER (starts_at > CAST(period_start AS TIMESTAMP)) AS others,
        arg_min(row_no, starts_at) FILTER (starts_at > CAST(period_start AS TIMESTAMP))
            AS earliest_row,
        max(row_no) FILTER (starts_at > CAST(period_start AS TIMESTAMP)) AS last_row,
        arg_max(row_no, starts_at) FILTER (starts_at > CAST(period_start AS TIMESTAMP))
            AS latest_row
    FROM typed
    WHERE starts_at IS NOT NULL AND NOT list_contains($declared, source)
    GROUP BY ALL
),
ends AS (
    SELECT
        *,
        first_value(first_stamp) OVER streams AS stream_start,
        first_value(day) OVER streams AS first_day,
        lead(day) OVER streams AS next_day
    FROM days
    WINDOW streams AS (
        PARTITION BY source, sheet, enterprise_id, facility, device, carrier, flow ORDER BY day
    )
),
found AS (
    SELECT source, sheet, midnight_row, last_row IS NULL AS lone, day
    FROM ends
    WHERE (
            others > 1 AND midnight_row > last_row
            AND last_row = latest_row AND earliest_row < latest_row
        )
        OR (
            readings = 1 AND midnight_row IS NOT NULL AND next_day IS NULL
            AND day > first_day AND stream_start > CAST(first_day AS TIMESTAMP)
        )
)
SELECT
    source, sheet, min(midnight_row) AS row_no, 'period_start' AS column_name, 'PD-01' AS rule,
    'W' AS severity, CAST(min(day) AS VARCHAR) || ' 00:00' AS seen,
    CAST(
        to_json({
            'rows': CAST(count(*) AS VARCHAR),
            'why': CASE WHEN lone THEN 'next_day' ELSE 'same_day' END
        }) AS VARCHAR
    ) AS facts
FROM found
GROUP BY source, sheet, lone
