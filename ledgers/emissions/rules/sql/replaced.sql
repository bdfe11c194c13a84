-- Purpose: of rows in hand for one stream and period in several files, those of all files but the
-- one that arrived last: it replaces their whole set (重报), so that they do not stand.
-- Parameters: temp tables rule_summary, rule_case, rule_arrival (files in their order of arrival;
-- without an order nothing is replaced). Grain: (case, first day, last day).
CREATE OR REPLACE TEMP TABLE rule_replaced AS
SELECT s.case_id, s.period_start, s.period_end
FROM rule_summary AS s
JOIN rule_case AS c USING (case_id)
JOIN rule_arrival AS a ON a.source = c.source
WHERE NOT c.corrects
QUALIFY a.place < max(a.place) OVER (PARTITION BY c.stream, s.period_start, s.period_end)
