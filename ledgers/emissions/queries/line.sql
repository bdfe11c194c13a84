-- Purpose: one entry with everything that it rests on, in the columns of lines.sql; whether its
-- commit took something back of its stream is not asked.
-- Parameters: $commit_no, $ordinal. Grain: one entry, or no row.
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
    a.* EXCLUDE (commit_no, ordinal, month, tier, starts_at, waiting_commit, waiting_ordinal),
    false AS corrects,
    coalesce(s.name, '') AS source_name,
    c.recorded_at,
    c.person
FROM emissions.entry AS e
JOIN emissions.activity AS a
    ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
JOIN journal.commit AS c ON c.commit_no = e.commit_no
LEFT JOIN emissions.entry AS x
    ON x.reverses_commit = e.commit_no AND x.reverses_ordinal = e.ordinal
LEFT JOIN (
    SELECT source, min(name) FILTER (name <> '') AS name FROM emissions.source GROUP BY source
) AS s ON s.source = a.source
WHERE e.commit_no = $commit_no AND e.ordinal = $ordinal;
