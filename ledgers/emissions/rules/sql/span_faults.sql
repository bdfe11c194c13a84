-- Purpose: gaps and overlaps of days in a stream (PE-03), placed on the first row of the later run
-- of days. Stocks are points in time, not days that must join; readings count as their day, and
-- rows for the same days are one set.
-- Parameters: temp tables rule_summary, rule_case.
-- Grain: one (stream, first day, last day) that does not follow on the days before it.
INSERT INTO faults BY NAME
WITH spans AS (
    SELECT DISTINCT c.stream, s.period_start, s.period_end
    FROM rule_summary AS s
    JOIN rule_case AS c USING (case_id)
    WHERE s.period_start <= s.period_end
        AND NOT c.corrects
        AND c.flow NOT IN ('opening_stock', 'closing_stock')
),
followed AS (
    SELECT
        *,
        max(period_end) OVER (
            PARTITION BY stream
            ORDER BY period_start, period_end
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS follows
    FROM spans
),
placed AS (
    SELECT
        f.*,
        min({'source': c.source, 'sheet': c.sheet, 'row_no': s.row_no}) AS place
    FROM followed AS f
    JOIN rule_case AS c ON c.stream = f.stream AND NOT c.corrects
    JOIN rule_summary AS s
        ON s.case_id = c.case_id
        AND s.period_start = f.period_start
        AND s.period_end = f.period_end
    WHERE f.period_start <> f.follows + 1
    GROUP BY ALL
)
SELECT
    place.source, place.sheet, place.row_no, 'period_start' AS column_name, 'PE-03' AS rule,
    'W' AS severity,
    CAST(period_start AS VARCHAR) || ' … ' || CAST(period_end AS VARCHAR) AS seen,
    CAST(
        to_json({
            'days': CAST(abs(period_start - follows - 1) AS VARCHAR),
            'end': CAST(period_end AS VARCHAR),
            'follows': CAST(follows AS VARCHAR),
            'start': CAST(period_start AS VARCHAR),
            'why': CASE WHEN period_start > follows THEN 'gap' ELSE 'overlap' END
        }) AS VARCHAR
    ) AS facts
FROM placed
