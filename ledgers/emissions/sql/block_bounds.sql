-- Purpose: which activities a block of entries refers to. Parameters: $commit_no, $first, $last.
-- Grain: one row.
SELECT
    min(activity_commit), max(activity_commit), min(activity_ordinal), max(activity_ordinal)
FROM emissions.entry
WHERE commit_no = $commit_no AND ordinal BETWEEN $first AND $last;
