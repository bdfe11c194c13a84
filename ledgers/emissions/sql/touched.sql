-- Purpose: older activities that stand and whose carrier and month got or lost rows in the commit
-- in the making, for carriers of which a method asks what flows stand beside it.
-- Parameters: variable commit_no; $carriers (list of codes); temp table withdrawn.
-- Grain: one activity.
CREATE OR REPLACE TEMP TABLE touched AS
SELECT a.commit_no, a.ordinal
FROM emissions.live_activity AS a
SEMI JOIN (
    SELECT enterprise_id, carrier, month
    FROM emissions.activity
    WHERE commit_no = getvariable('commit_no')
        AND list_contains($carriers::VARCHAR[], carrier)
    UNION
    SELECT o.enterprise_id, o.carrier, o.month
    FROM emissions.activity AS o
    JOIN withdrawn AS w ON w.activity_commit = o.commit_no AND w.activity_ordinal = o.ordinal
    WHERE list_contains($carriers::VARCHAR[], o.carrier)
) AS t ON t.enterprise_id = a.enterprise_id AND t.carrier = a.carrier AND t.month = a.month
WHERE a.commit_no < getvariable('commit_no') AND a.month IN (SELECT month FROM open_month);
