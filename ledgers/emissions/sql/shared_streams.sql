-- Purpose: streams that both sides have, and whether they hold the same multiset of content.
-- Parameters: temp table stream_row. Grain: one stream and kind of evidence.
CREATE OR REPLACE TEMP TABLE shared_stream AS
SELECT stream, evidence_kind, bool_and(balance = 0) AS unchanged, max(by_source) AS by_source
FROM (
    SELECT
        stream, evidence_kind, content, sum(sign) AS balance,
        max(source) FILTER (sign = 1) AS by_source, min(sign) AS low, max(sign) AS high
    FROM stream_row
    GROUP BY stream, evidence_kind, content
)
GROUP BY stream, evidence_kind
HAVING min(low) = -1 AND max(high) = 1;
