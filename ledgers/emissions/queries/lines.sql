-- Purpose: the entries of a span with everything that they rest on. `status`: live, reversed (a
-- later commit took it back), reversal; `corrects`: its commit took back an entry of its stream.
-- Parameters: $months; $commit_no (the last commit to read); $enterprise ('' = every one); $most
-- (ordinary lines an enterprise at most; what belongs to a correction is never left out).
-- Grain: one entry.
WITH line AS (
    SELECT
        e.commit_no || '-' || e.ordinal AS entry_id,
        CASE
            WHEN e.kind = 'reversal' THEN 'reversal'
            WHEN x.commit_no IS NOT NULL THEN 'reversed'
            ELSE 'live'
        END AS status,
        e.kind,
        e.cause,
        coalesce(e.reverses_commit || '-' || e.reverses_ordinal, '') AS reverses_id,
        coalesce(x.commit_no || '-' || x.ordinal, '') AS reversed_by,
        e.commit_no,
        e.ordinal,
        e.activity_commit || '-' || e.activity_ordinal AS activity_id,
        e.month,
        e.value,
        e.tier,
        e.resolution_id,
        e.proof_id,
        a.* EXCLUDE (commit_no, ordinal, month, tier, starts_at, waiting_commit, waiting_ordinal)
    FROM emissions.entry AS e
    JOIN emissions.activity AS a
        ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
    LEFT JOIN emissions.entry AS x
        ON x.reverses_commit = e.commit_no
        AND x.reverses_ordinal = e.ordinal
        AND x.commit_no <= $commit_no
    WHERE e.month IN (SELECT unnest($months))
        AND e.commit_no <= $commit_no
        AND ($enterprise = '' OR a.enterprise_id = $enterprise)
),
corrected AS (
    SELECT DISTINCT
        commit_no, enterprise_id, facility, device, carrier, flow, evidence_kind, month
    FROM line
    WHERE status = 'reversal'
)
SELECT
    l.*,
    d.commit_no IS NOT NULL AS corrects,
    coalesce(s.name, '') AS source_name,
    c.recorded_at,
    c.person
FROM line AS l
JOIN journal.commit AS c ON c.commit_no = l.commit_no
LEFT JOIN corrected AS d
    ON d.commit_no = l.commit_no
    AND d.enterprise_id = l.enterprise_id
    AND d.facility = l.facility
    AND d.device = l.device
    AND d.carrier = l.carrier
    AND d.flow = l.flow
    AND d.evidence_kind = l.evidence_kind
    AND d.month = l.month
LEFT JOIN (
    SELECT source, min(name) AS name FROM emissions.source GROUP BY source
) AS s ON s.source = l.source
QUALIFY l.status <> 'live' OR d.commit_no IS NOT NULL OR row_number() OVER (
    PARTITION BY l.enterprise_id, l.status <> 'live' OR d.commit_no IS NOT NULL
    ORDER BY l.month, l.resolution_id, l.commit_no, l.ordinal
) <= $most
ORDER BY
    l.enterprise_id, l.month, l.carrier, l.flow, l.facility, l.device, l.period_start, l.source,
    l.sheet, l.row_no, l.resolution_id, l.commit_no, l.ordinal
