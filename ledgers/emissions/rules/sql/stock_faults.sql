-- Purpose: opening stock + purchases − consumption − transfers that is not the closing stock (ST-01).
-- Where stocks are kept for a facility, its own rows count; where for the enterprise, all of it.
-- Conversion, feedstock, process input, exports and losses are inside consumption in some
-- statistics and beside it in others: a stock that balances either way is in order.
-- Parameters: temp tables rule_summary, rule_case, rule_replaced, rule_total, rule_tolerance.
-- Grain: one (enterprise, facility of the stock, carrier, period), at its closing stock.
INSERT INTO faults BY NAME
WITH stocks AS (
    SELECT
        enterprise_id, facility, carrier, scale_unit, period_first, period_last,
        sum(quantity) FILTER (flow = 'opening_stock') AS opening,
        sum(quantity) FILTER (flow = 'closing_stock') AS closing
    FROM rule_total
    WHERE origin = 'hand' AND flow IN ('opening_stock', 'closing_stock')
    GROUP BY ALL
    HAVING opening IS NOT NULL AND closing IS NOT NULL
),
moved AS (
    SELECT
        s.*,
        coalesce(sum(m.quantity ORDER BY m.facility, m.flow)
            FILTER (m.flow IN ('purchase', 'recovery')), 0) AS purchased,
        coalesce(sum(m.quantity ORDER BY m.facility, m.flow)
            FILTER (m.flow = 'consumption'), 0) AS consumed,
        coalesce(sum(m.quantity ORDER BY m.facility, m.flow)
            FILTER (m.flow = 'transfer_out'), 0) AS transferred,
        coalesce(sum(m.quantity ORDER BY m.facility, m.flow) FILTER (
            m.flow IN ('conversion_input', 'feedstock', 'process_input', 'export', 'loss')
        ), 0) AS elsewhere,
        count(m.quantity) AS movements
    FROM stocks AS s
    LEFT JOIN rule_total AS m
        ON m.origin = 'hand'
        AND m.enterprise_id = s.enterprise_id
        AND m.carrier = s.carrier
        AND m.scale_unit = s.scale_unit
        AND m.period_first = s.period_first
        AND m.period_last = s.period_last
        AND (s.facility = '' OR m.facility = s.facility)
        AND m.flow NOT IN ('opening_stock', 'closing_stock')
    GROUP BY ALL
),
broken AS (
    SELECT
        m.*,
        opening + purchased - consumed - transferred - closing AS unexplained,
        coalesce(c.tolerance, d.tolerance) AS tolerance
    FROM moved AS m
    LEFT JOIN rule_tolerance AS c ON c.carrier = m.carrier
    JOIN rule_tolerance AS d ON d.carrier = ''
    WHERE movements > 0
),
placed AS (
    SELECT b.*, min({'source': t.source, 'sheet': t.sheet, 'row_no': t.row_no}) AS place
    FROM broken AS b
    JOIN (
        SELECT *
        FROM rule_summary
        JOIN rule_case USING (case_id)
        ANTI JOIN rule_replaced USING (case_id, period_start, period_end)
    ) AS t
        ON t.flow = 'closing_stock'
        AND t.enterprise_id = b.enterprise_id
        AND t.facility = b.facility
        AND t.carrier = b.carrier
        AND t.period_start >= b.period_first
        AND t.period_end <= b.period_last
    WHERE abs(unexplained) > tolerance * greatest(opening + purchased, closing)
        AND abs(unexplained - elsewhere) > tolerance * greatest(opening + purchased, closing)
    GROUP BY ALL
)
SELECT
    place.source, place.sheet, place.row_no, 'quantity' AS column_name, 'ST-01' AS rule,
    'W' AS severity, format('{:.3f}', closing) AS seen,
    CAST(
        to_json({
            'closing': format('{:.3f}', closing),
            'consumed': format('{:.3f}', consumed),
            'opening': format('{:.3f}', opening),
            'purchased': format('{:.3f}', purchased),
            'tolerance': format('{:.1f}', tolerance * 100),
            'transferred': format('{:.3f}', transferred),
            'unexplained': format('{:.3f}', unexplained),
            'unit': scale_unit
        }) AS VARCHAR
    ) AS facts
FROM placed
