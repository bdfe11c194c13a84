-- Purpose: warnings as issued, each with its answers. Parameters: $month ('' = every one);
-- $commit_no (the last commit to read). Grain: warning, latest first of the same place.
SELECT
    w.commit_no || '-' || w.ordinal AS warning,
    w.month,
    w.level,
    w.code,
    w.indicator,
    w.preset,
    w.colour,
    w.actual,
    w.target,
    w.figures,
    w.head_no,
    w.head_hash,
    w.supersedes,
    c.recorded_at,
    c.person,
    coalesce(
        list({'kind': a.kind, 'person': a.person, 'words': a.words, 'at': b.recorded_at}
        ORDER BY a.commit_no) FILTER (a.kind IS NOT NULL), []
    ) AS answers
FROM dual_control.warning AS w
JOIN journal.commit AS c ON c.commit_no = w.commit_no
LEFT JOIN dual_control.answer AS a
    ON a.warning = w.commit_no || '-' || w.ordinal AND a.commit_no <= $commit_no
LEFT JOIN journal.commit AS b ON b.commit_no = a.commit_no
WHERE ($month = '' OR w.month = $month) AND w.commit_no <= $commit_no
GROUP BY ALL
ORDER BY max(w.commit_no) DESC, min(w.ordinal)
