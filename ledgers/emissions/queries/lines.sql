-- Purpose: the entries of a span with everything that they rest on. `status`: live, reversed (a
-- later commit took it back), reversal; `corrects`: it came for the same cause in the commit that
-- took back an entry of its meter, or it is a correction booked beside what it names.
-- The choice of lines is made on narrow rows and with a heap for each enterprise, so that a month
-- of millions of entries, of which some hundred are listed, is neither sorted nor carried through.
-- Parameters: $months; $commit_no (the last commit to read); $enterprise ('' = every one); $most
-- (ordinary lines an enterprise at most, below a million; what belongs to a correction is never left out).
-- Grain: one entry.
WITH reversal AS (
    SELECT commit_no, ordinal, cause, activity_commit, activity_ordinal, month, reverses_commit,
        reverses_ordinal
    FROM emissions.entry
    WHERE kind = 'reversal'
        AND month IN (SELECT unnest($months))
        AND commit_no <= $commit_no
),
corrected AS (
    SELECT DISTINCT
        x.commit_no, x.cause, x.month, a.enterprise_id, a.facility, a.device, a.carrier, a.flow
    FROM reversal AS x
    JOIN emissions.activity AS a
        ON a.commit_no = x.activity_commit AND a.ordinal = x.activity_ordinal
    WHERE $enterprise = '' OR a.enterprise_id = $enterprise
),
replacing AS (
    SELECT e.commit_no, e.ordinal
    FROM emissions.entry AS e
    JOIN emissions.activity AS a
        ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
    SEMI JOIN corrected AS d
        ON d.commit_no = e.commit_no
        AND d.cause = e.cause
        AND d.month = e.month
        AND d.enterprise_id = a.enterprise_id
        AND d.facility = a.facility
        AND d.device = a.device
        AND d.carrier = a.carrier
        AND d.flow = a.flow
    WHERE e.commit_no IN (SELECT commit_no FROM corrected)
    UNION
    SELECT commit_no, ordinal
    FROM emissions.entry
    WHERE kind = 'post'
        AND cause = 'correction'
        AND month IN (SELECT unnest($months))
        AND commit_no <= $commit_no
),
special AS (
    SELECT commit_no, ordinal FROM replacing
    UNION
    SELECT commit_no, ordinal FROM reversal
    UNION
    SELECT reverses_commit, reverses_ordinal FROM reversal
),
picked AS (
    SELECT unnest(
        min({'month': e.month, 'case': e.resolution_id, 'c': e.commit_no, 'o': e.ordinal}, $most)
    ) AS key
    FROM emissions.entry AS e
    JOIN emissions.activity AS a
        ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
    ANTI JOIN special AS s ON s.commit_no = e.commit_no AND s.ordinal = e.ordinal
    WHERE e.month IN (SELECT unnest($months))
        AND e.commit_no <= $commit_no
        AND ($enterprise = '' OR a.enterprise_id = $enterprise)
    GROUP BY a.enterprise_id
),
kept AS (
    SELECT commit_no, ordinal FROM special
    UNION ALL
    SELECT key.c, key.o FROM picked
),
line AS (
    SELECT
        e.commit_no || '-' || e.ordinal AS entry_id,
        r.commit_no IS NOT NULL AS corrects,
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
    FROM kept AS k
    JOIN emissions.entry AS e ON e.commit_no = k.commit_no AND e.ordinal = k.ordinal
    JOIN emissions.activity AS a
        ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
    LEFT JOIN replacing AS r ON r.commit_no = e.commit_no AND r.ordinal = e.ordinal
    LEFT JOIN reversal AS x
        ON x.reverses_commit = e.commit_no AND x.reverses_ordinal = e.ordinal
    WHERE $enterprise = '' OR a.enterprise_id = $enterprise
)
SELECT
    l.*,
    coalesce(s.name, '') AS source_name,
    c.recorded_at,
    c.person
FROM line AS l
JOIN journal.commit AS c ON c.commit_no = l.commit_no
LEFT JOIN (
    SELECT source, min(name) FILTER (name <> '') AS name FROM emissions.source GROUP BY source
) AS s ON s.source = l.source
ORDER BY
    l.enterprise_id, l.month, l.carrier, l.flow, l.facility, l.device, l.period_start, l.source,
    l.sheet, l.row_no, l.resolution_id, l.commit_no, l.ordinal
