-- Purpose: the rows in hand, gathered once for all rules that look at several rows. Sums are of
-- decimals, so that no order of rows moves them; quantities of 10^15 and more have a rule of
-- their own and would make a sum overflow.
-- Parameters: view typed; temp table rule_case.
-- Grain: (case, first day, last day); `row_no` is its first row.
CREATE OR REPLACE TEMP TABLE rule_summary AS
SELECT
    c.case_id, t.period_start, t.period_end,
    min(t.row_no) AS row_no,
    count(*) AS rows,
    sum(CASE WHEN abs(t.quantity) < 1000000000000000 THEN t.quantity END) AS quantity
FROM typed AS t
JOIN rule_case AS c
    ON c.source = t.source
    AND c.sheet = t.sheet
    AND c.enterprise_id = t.enterprise_id
    AND c.facility = t.facility
    AND c.device = t.device
    AND c.carrier = t.carrier
    AND c.flow = t.flow
    AND c.evidence_kind = t.evidence_kind
    AND c.unit = t.unit
    AND c.gas_condition = t.gas_condition
    AND c.corrects = (t.correction_of <> '')
GROUP BY ALL
