-- Purpose: the monthly average of each loan in a year: the mean of its balances at the ends of the
-- twelve months, nothing before it was disbursed.
-- Parameters: $year.
-- Grain: institution and business number.
WITH events AS (
    SELECT *
    FROM finance.instrument
    QUALIFY row_number() OVER (
        PARTITION BY institution_id, business_no, event, event_date
        ORDER BY commit_no DESC, ordinal DESC
    ) = 1 AND state = 'stands'
),
months AS (
    SELECT last_day(make_date($year::BIGINT, m, 1)) AS day FROM range(1, 13) AS r(m)
),
ends AS (
    SELECT m.day, e.institution_id, e.business_no, e.balance
    FROM months AS m
    JOIN events AS e ON e.event_date <= m.day
    QUALIFY row_number() OVER (
        PARTITION BY m.day, e.institution_id, e.business_no
        ORDER BY e.event_date DESC, e.commit_no DESC, e.ordinal DESC
    ) = 1
)
SELECT institution_id, business_no, sum(balance)::DECIMAL(38, 2) AS twelve
FROM ends
GROUP BY ALL
