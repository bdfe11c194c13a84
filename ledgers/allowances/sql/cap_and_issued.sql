-- The last cap of a unit and how much was issued under it, re-issue for carry-over left out.
-- Parameters: the unit, twice. Grain: one row.
SELECT
    (SELECT quantity FROM allowances.cap WHERE unit = ? ORDER BY commit_no DESC, ordinal DESC LIMIT 1),
    (
        SELECT coalesce(sum(l.quantity), 0)::BIGINT
        FROM allowances.line AS l
        JOIN allowances.account AS a ON a.account = l.from_account AND a.kind = 'issuance'
        JOIN allowances.transaction AS t USING (seq)
        WHERE l.unit = ? AND t.type <> 'carry_over_reissue'
    )
