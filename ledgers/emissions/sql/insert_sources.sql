-- Purpose: the account of each file of the commit: every row that it dealt with is posted,
-- rejected, waiting, unchanged or held.
-- Parameters: $commit_no, $month, $mode; lists $sources, $names, $feeds of one length; temp tables
-- left_out, held_source. Grain: one file.
INSERT INTO emissions.source
WITH file AS (
    SELECT
        unnest($sources::VARCHAR[]) AS source, unnest($names::VARCHAR[]) AS name,
        unnest($feeds::VARCHAR[]) AS feed, unnest(range(len($sources::VARCHAR[]))) AS place
),
posted AS (
    SELECT source, sum(CASE WHEN bill_end IS NULL THEN row_count ELSE 1 END)::BIGINT AS rows
    FROM emissions.activity
    WHERE commit_no = $commit_no AND (bill_end IS NULL OR bill_end = period_end)
    GROUP BY source
),
waiting AS (
    SELECT source, sum(CASE WHEN bill_end IS NULL THEN row_count ELSE 1 END)::BIGINT AS rows
    FROM emissions.waiting
    WHERE commit_no = $commit_no AND (bill_end IS NULL OR bill_end = period_end)
    GROUP BY source
),
untaken AS (
    SELECT source, count(DISTINCT (sheet, row_no))::BIGINT AS rows
    FROM emissions.rejection
    ANTI JOIN left_out USING (source, sheet, row_no)
    WHERE commit_no = $commit_no AND severity = 'E' AND row_no > 0
    GROUP BY source
),
left_rows AS (
    SELECT
        source,
        sum(rows) FILTER (why = 'rejected')::BIGINT AS rejected,
        sum(rows) FILTER (why = 'unchanged')::BIGINT AS unchanged
    FROM left_out
    GROUP BY source
),
counted AS (
    SELECT
        f.*, coalesce(p.rows, 0) AS posted,
        coalesce(r.rows, 0) + coalesce(l.rejected, 0) AS rejected,
        coalesce(w.rows, 0) AS waiting, coalesce(l.unchanged, 0) AS unchanged,
        coalesce(h.rows, 0) AS held, h.source IS NOT NULL AS is_held
    FROM file AS f
    LEFT JOIN posted AS p USING (source)
    LEFT JOIN untaken AS r USING (source)
    LEFT JOIN waiting AS w USING (source)
    LEFT JOIN left_rows AS l USING (source)
    LEFT JOIN held_source AS h USING (source)
)
SELECT
    $commit_no, row_number() OVER (ORDER BY place) - 1, source, name, feed, $month,
    CASE WHEN is_held THEN 'held' ELSE 'posted' END, $mode,
    posted + rejected + waiting + unchanged + held, posted, rejected, waiting, unchanged, held
FROM counted
ORDER BY 2;
