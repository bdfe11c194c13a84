-- Purpose: the entries of a span with everything that they rest on. `status`: live, reversed (a
-- later commit took it back), reversal; `corrects`: its commit took back an entry of its stream.
-- The choice of lines is made on narrow rows, so that a month of millions of entries, of which a
-- few hundred are listed, is not carried through with all its columns.
-- Parameters: $months; $commit_no (the last commit to read); $enterprise ('' = every one); $most
-- (ordinary lines an enterprise at most; what belongs to a correction is never left out).
-- Grain: one entry.
WITH found AS (
    SELECT
        e.commit_no,
        e.ordinal,
        e.activity_commit,
        e.activity_ordinal,
        e.kind,
        e.resolution_id,
        e.month,
        a.enterprise_id,
        x.commit_no AS by_commit,
        x.ordinal AS by_ordinal
    FROM emissions.entry AS e
    JOIN emissions.activity AS a
        ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
    LEFT JOIN (
        SELECT commit_no, ordinal, reverses_commit, reverses_ordinal
        FROM emissions.entry
        WHERE kind = 'reversal' AND commit_no <= $commit_no
    ) AS x ON x.reverses_commit = e.commit_no AND x.reverses_ordinal = e.ordinal
    WHERE e.month IN (SELECT unnest($months))
        AND e.commit_no <= $commit_no
        AND ($enterprise = '' OR a.enterprise_id = $enterprise)
),
corrected AS (
    SELECT DISTINCT
        f.commit_no, a.enterprise_id, a.facility, a.device, a.carrier, a.flow, a.evidence_kind,
        f.month
    FROM found AS f
    JOIN emissions.activity AS a
        ON a.commit_no = f.activity_commit AND a.ordinal = f.activity_ordinal
    WHERE f.kind = 'reversal'
),
replacing AS (
    SELECT f.commit_no, f.ordinal
    FROM found AS f
    JOIN corrected AS d
        ON d.commit_no = f.commit_no AND d.enterprise_id = f.enterprise_id AND d.month = f.month
    JOIN emissions.activity AS a
        ON a.commit_no = f.activity_commit
        AND a.ordinal = f.activity_ordinal
        AND a.facility = d.facility
        AND a.device = d.device
        AND a.carrier = d.carrier
        AND a.flow = d.flow
        AND a.evidence_kind = d.evidence_kind
),
marked AS (
    SELECT
        f.*,
        r.commit_no IS NOT NULL AS corrects,
        f.kind = 'reversal' OR f.by_commit IS NOT NULL OR r.commit_no IS NOT NULL AS special
    FROM found AS f
    LEFT JOIN replacing AS r ON r.commit_no = f.commit_no AND r.ordinal = f.ordinal
),
kept AS (
    SELECT *
    FROM marked
    QUALIFY special OR row_number() OVER (
        PARTITION BY enterprise_id, special
        ORDER BY month, resolution_id, commit_no, ordinal
    ) <= $most
),
line AS (
    SELECT
        k.commit_no || '-' || k.ordinal AS entry_id,
        k.corrects,
        CASE
            WHEN e.kind = 'reversal' THEN 'reversal'
            WHEN k.by_commit IS NOT NULL THEN 'reversed'
            ELSE 'live'
        END AS status,
        e.kind,
        e.cause,
        coalesce(e.reverses_commit || '-' || e.reverses_ordinal, '') AS reverses_id,
        coalesce(k.by_commit || '-' || k.by_ordinal, '') AS reversed_by,
        e.commit_no,
        e.ordinal,
        e.activity_commit || '-' || e.activity_ordinal AS activity_id,
        e.month,
        e.value,
        e.tier,
        e.resolution_id,
        e.proof_id,
        a.* EXCLUDE (commit_no, ordinal, month, tier, starts_at, waiting_commit, waiting_ordinal)
    FROM kept AS k
    JOIN emissions.entry AS e ON e.commit_no = k.commit_no AND e.ordinal = k.ordinal
    JOIN emissions.activity AS a
        ON a.commit_no = k.activity_commit AND a.ordinal = k.activity_ordinal
)
SELECT
    l.*,
    coalesce(s.name, '') AS source_name,
    c.recorded_at,
    c.person
FROM line AS l
JOIN journal.commit AS c ON c.commit_no = l.commit_no
LEFT JOIN (
    SELECT source, min(name) AS name FROM emissions.source GROUP BY source
) AS s ON s.source = l.source
ORDER BY
    l.enterprise_id, l.month, l.carrier, l.flow, l.facility, l.device, l.period_start, l.source,
    l.sheet, l.row_no, l.resolution_id, l.commit_no, l.ordinal
