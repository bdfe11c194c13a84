-- Purpose: the cells of statistics tables in the package, beside the sums of the details and the
-- other cells of their line. Amounts in 10 000 CNY.
-- Grain: one cell of the package.
CREATE OR REPLACE TEMP TABLE r_statistics AS
WITH periods AS (
    SELECT DISTINCT period, last_day(try_strptime(period || '-01', '%Y-%m-%d')::DATE) AS day
    FROM in_statistics
),
standing AS (
    SELECT d.period, d.day, i.*
    FROM periods AS d
    JOIN now_instrument AS i
        ON i.event_date <= d.day AND i.institution_id = getvariable('institution')
    QUALIFY row_number() OVER (
        PARTITION BY d.period, i.business_no
        ORDER BY i.event_date DESC, i.commit_no DESC, i.ordinal DESC
    ) = 1
),
legal AS (
    SELECT DISTINCT ON (subject_no) subject_no, code
    FROM finance.tag
    WHERE institution_id = getvariable('institution') AND subject_kind = 'instrument' AND legal
    ORDER BY subject_no, commit_no DESC, ordinal DESC
),
parts AS (
    SELECT s.period, coalesce(g.code, '') AS code, s.balance, s.risk_class, s.rate
    FROM standing AS s
    LEFT JOIN legal AS g ON g.subject_no = s.business_no
    WHERE s.green AND s.kind IN ('loan', 'lease') AND NOT s.transferred
),
details AS (
    SELECT
        period,
        coalesce(code, 'TOTAL') AS code,
        sum(balance) AS balance,
        sum(balance) FILTER (risk_class = 'pass') AS pass,
        sum(balance) FILTER (risk_class = 'follow') AS follow,
        sum(balance) FILTER (risk_class = 'sub') AS sub,
        sum(balance) FILTER (risk_class = 'doubtful') AS doubtful,
        sum(balance) FILTER (risk_class = 'loss') AS loss,
        min(rate) AS least_rate,
        max(rate) AS most_rate
    FROM parts
    GROUP BY GROUPING SETS ((period, code), (period))
)
SELECT
    s.*,
    CASE s.item
        WHEN 'balance' THEN coalesce(d.balance, 0)
        WHEN 'pass' THEN coalesce(d.pass, 0)
        WHEN 'follow' THEN coalesce(d.follow, 0)
        WHEN 'sub' THEN coalesce(d.sub, 0)
        WHEN 'doubtful' THEN coalesce(d.doubtful, 0)
        WHEN 'loss' THEN coalesce(d.loss, 0)
    END::DECIMAL(38, 2) AS detail,
    d.least_rate,
    d.most_rate,
    max(s.value) FILTER (s.item = 'disbursed_quarter') OVER line AS disbursed_quarter,
    max(s.value) FILTER (s.item = 'disbursed_ytd') OVER line AS disbursed_ytd,
    max(s.value) FILTER (s.item = 'repaid_quarter') OVER line AS repaid_quarter,
    max(s.value) FILTER (s.item = 'moved_quarter') OVER line AS moved_quarter,
    max(s.value) FILTER (s.item = 'opening_balance') OVER line AS opening_balance
FROM in_statistics AS s
LEFT JOIN details AS d ON d.period = s.period AND d.code = s.code
WINDOW line AS (PARTITION BY s.period, s.code)
