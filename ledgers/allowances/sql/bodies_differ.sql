-- Transactions whose body is not what their rows say, written out here once more in SQL.
-- Parameters: none. Grain: a transaction.
-- A line of one block and a transaction of one line, which most are, need no ordered aggregate.
WITH single AS (
    SELECT seq, line_no, any_value(first) AS first, any_value(last) AS last
    FROM allowances.move
    GROUP BY seq, line_no
    HAVING count(*) = 1
),
blocks AS (
    SELECT
        seq,
        line_no,
        '"' || lpad(first::VARCHAR, 12, '0') || '..' || lpad(last::VARCHAR, 12, '0') || '"' AS written
    FROM single
    UNION ALL
    SELECT
        seq,
        line_no,
        string_agg('"' || lpad(first::VARCHAR, 12, '0') || '..' || lpad(last::VARCHAR, 12, '0') || '"', ',' ORDER BY move)
    FROM allowances.move
    ANTI JOIN single USING (seq, line_no)
    GROUP BY seq, line_no
),
written AS (
    SELECT
        l.seq,
        l.line_no,
        '{"blocks":[' || b.written
        || '],"from":"' || f.number
        || '","from_position":"' || l.from_position
        || '","origin":' || to_json(l.origin)::VARCHAR
        || ',"qty":' || l.quantity
        || ',"ref":' || to_json(l.ref)::VARCHAR
        || ',"to":"' || t.number
        || '","to_position":"' || l.to_position
        || '","unit":"' || l.unit || '"}' AS line
    FROM allowances.line AS l
    JOIN blocks AS b USING (seq, line_no)
    JOIN allowances.account AS f ON f.account = l.from_account
    JOIN allowances.account AS t ON t.account = l.to_account
),
alone AS (
    SELECT seq
    FROM allowances.line
    GROUP BY seq
    HAVING count(*) = 1
),
lines AS (
    SELECT seq, line AS written
    FROM written
    SEMI JOIN alone USING (seq)
    UNION ALL
    SELECT seq, string_agg(line, ',' ORDER BY line_no)
    FROM written
    ANTI JOIN alone USING (seq)
    GROUP BY seq
)
SELECT x.seq
FROM allowances.transaction AS x
LEFT JOIN lines AS l USING (seq)
WHERE x.body IS DISTINCT FROM
    '{"approver":' || to_json(x.approver)::VARCHAR
    || ',"at":"' || strftime(x.executed_at, '%Y-%m-%dT%H:%M:%S.%fZ')
    || '","counterparty":' || to_json(x.counterparty)::VARCHAR
    || ',"id":' || to_json(x.id)::VARCHAR
    || ',"lines":[' || l.written
    || '],"market":"' || x.market
    || '","proposer":' || to_json(x.proposer)::VARCHAR
    || ',"reason":' || to_json(x.reason)::VARCHAR
    || ',"refers":' || coalesce(x.refers::VARCHAR, 'null')
    || ',"seq":' || x.seq
    || ',"type":"' || x.type
    || '","types":' || to_json(x.types_version)::VARCHAR
    || ',"year":' || coalesce(x.year::VARCHAR, 'null') || '}'
ORDER BY x.seq
LIMIT 20
