-- Purpose: the files of a run in the order of arrival, with whether this month took them before.
-- Parameters: $order (list of typed Parquet files in order of arrival), variables typed_paths,
-- first_day, last_day, month; view fault.
-- Grain: one file: sha256, posted before, rows of it that were rejected before.
SELECT
    f.source,
    EXISTS (
        SELECT 1 FROM emissions.source AS s
        WHERE s.source = f.source AND s.month = getvariable('month') AND s.state = 'posted'
            AND s.mode <> 'waiting'
    ) AS known,
    EXISTS (
        SELECT 1 FROM emissions.rejection AS r
        WHERE r.source = f.source AND r.severity = 'E'
    ) AS rejected_before
FROM (
    SELECT source, min(place) AS place
    FROM (
        SELECT source, list_position($order::VARCHAR[], filename) AS place
        FROM read_parquet(getvariable('typed_paths'), filename = true)
        WHERE period_end BETWEEN getvariable('first_day') AND getvariable('last_day')
        GROUP BY source, filename
        UNION ALL
        SELECT source, len($order::VARCHAR[]) + 1 FROM fault GROUP BY source
    )
    GROUP BY source
) AS f
ORDER BY place, source;
