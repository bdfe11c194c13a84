-- Purpose: the flows that an enterprise sent for a carrier and month, where there are several and
-- a method asks for them (consumed electricity counts only where no purchase was sent).
-- Parameters: $carriers (list of codes); views subject, live_activity. Grain: one enterprise,
-- carrier and month.
CREATE OR REPLACE TEMP TABLE flows_beside AS
SELECT enterprise_id, carrier, month, string_agg(flow, ',' ORDER BY flow) AS beside
FROM (
    SELECT DISTINCT enterprise_id, carrier, month, flow
    FROM subject
    WHERE list_contains($carriers::VARCHAR[], carrier)
    UNION
    SELECT DISTINCT enterprise_id, carrier, month, flow
    FROM emissions.live_activity
    WHERE list_contains($carriers::VARCHAR[], carrier)
        AND month IN (SELECT DISTINCT month FROM subject)
)
GROUP BY enterprise_id, carrier, month
HAVING count(*) > 1;
