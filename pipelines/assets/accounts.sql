-- Purpose: what became of the rows of a month that each file holds: counted in the typed files on
-- one side, in the ledger over all commits on the other.
-- Parameters: $month, $first_day, $last_day; $paths (list of typed Parquet files); $sources and
-- $faulty, lists of one length: files and how many of their rows could not be typed.
-- Grain: one file. A bill belongs to the month of its last day and counts once, by its last part;
-- a day's sum counts its readings. A row outside the window belongs to no month that is run; it
-- counts with the file in each. `elsewhere`: the other rows, those of other months.
WITH file AS (
    SELECT unnest($sources::VARCHAR[]) AS source, unnest($faulty::BIGINT[]) AS faulty
),
fault AS (
    SELECT source, sheet, row_no, max(commit_no) AS commit_no, bool_or(rule = 'PE-01') AS outside
    FROM emissions.rejection
    SEMI JOIN file USING (source)
    WHERE severity = 'E'
    GROUP BY ALL
),
held_here AS (
    SELECT
        t.*,
        t.period_end BETWEEN $first_day AND $last_day OR coalesce(f.outside, false) AS is_sent
    FROM read_parquet($paths::VARCHAR[]) AS t
    LEFT JOIN fault AS f
        ON f.source = t.source AND f.sheet = t.sheet AND f.row_no = t.row_no
),
sent AS (
    FROM held_here WHERE is_sent
),
typed AS (
    SELECT
        source,
        count(*) FILTER (is_sent) AS rows,
        count(*) FILTER (NOT is_sent) AS elsewhere
    FROM held_here
    GROUP BY source
),
activity AS (
    SELECT * FROM emissions.activity
    SEMI JOIN file USING (source)
    WHERE coalesce(bill_end, period_end) BETWEEN $first_day AND $last_day
        AND (bill_end IS NULL OR bill_end = period_end)
),
posted AS (
    SELECT source, sum(CASE WHEN bill_end IS NULL THEN row_count ELSE 1 END)::BIGINT AS rows
    FROM activity
    GROUP BY source
),
doubled AS (
    SELECT source, (count(*) - count(DISTINCT (
        sheet, row_no, row_last, period_start, period_end, enterprise_id, facility, device,
        carrier, flow, unit, ncv, carbon_content, elemental_carbon, oxidation_rate, moisture,
        pressure, temperature, enthalpy, data_kind, evidence_kind, correction_of
    )))::BIGINT AS rows
    FROM activity
    GROUP BY source
),
waiting AS (
    SELECT source, sum(CASE WHEN bill_end IS NULL THEN row_count ELSE 1 END)::BIGINT AS rows
    FROM emissions.still_waiting
    SEMI JOIN file USING (source)
    WHERE coalesce(bill_end, period_end) BETWEEN $first_day AND $last_day
        AND (bill_end IS NULL OR bill_end = period_end)
    GROUP BY source
),
-- Rows that were rejected and then taken: posted by a later commit, or kept waiting.
taken AS (
    SELECT DISTINCT s.source, s.sheet, s.row_no
    FROM fault AS f
    JOIN sent AS s ON s.source = f.source AND s.sheet = f.sheet AND s.row_no = f.row_no
    JOIN (FROM emissions.activity UNION ALL BY NAME FROM emissions.waiting) AS a
        ON a.source = s.source AND a.sheet = s.sheet AND a.commit_no > f.commit_no
        AND s.row_no BETWEEN a.row_no AND a.row_last
        AND a.enterprise_id = s.enterprise_id AND a.facility = s.facility
        AND a.device = s.device AND a.carrier = s.carrier AND a.flow = s.flow
        AND s.period_end = coalesce(a.bill_end, a.period_end)
),
rejected AS (
    SELECT f.source, count(*) AS rows
    FROM fault AS f
    LEFT JOIN (SELECT source, sheet, row_no, is_sent FROM held_here) AS t
        USING (source, sheet, row_no)
    ANTI JOIN taken USING (source, sheet, row_no)
    WHERE f.row_no > 0 AND coalesce(t.is_sent, true)
    GROUP BY f.source
),
whole AS (
    SELECT DISTINCT source FROM fault WHERE row_no = 0
),
unchanged AS (
    SELECT source, sum(rows_unchanged)::BIGINT AS rows
    FROM emissions.source
    WHERE month = $month
    GROUP BY source
),
held AS (
    SELECT source, CASE WHEN state = 'held' THEN rows_held ELSE 0 END AS rows
    FROM emissions.source
    WHERE month = $month
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY commit_no DESC) = 1
),
account AS (
    SELECT
        f.source,
        coalesce(t.rows, 0) + f.faulty AS read,
        coalesce(p.rows, 0) AS posted,
        coalesce(r.rows, 0) AS rejected,
        coalesce(w.rows, 0) AS waiting,
        coalesce(u.rows, 0) AS unchanged,
        coalesce(h.rows, 0) AS held,
        coalesce(d.rows, 0) AS doubled,
        coalesce(t.elsewhere, 0) AS elsewhere,
        f.source IN (SELECT source FROM whole) AS is_refused
    FROM file AS f
    LEFT JOIN typed AS t USING (source)
    LEFT JOIN posted AS p USING (source)
    LEFT JOIN rejected AS r USING (source)
    LEFT JOIN waiting AS w USING (source)
    LEFT JOIN unchanged AS u USING (source)
    LEFT JOIN held AS h USING (source)
    LEFT JOIN doubled AS d USING (source)
)
SELECT
    source, read, posted, rejected, waiting, unchanged, held,
    CASE WHEN is_refused
        THEN greatest(read - posted - rejected - waiting - unchanged - held, 0) ELSE 0
    END AS in_refused_file,
    doubled, elsewhere
FROM account
ORDER BY source;
