-- Purpose: the activities listed in `touched`, in their order in the ledger.
-- Parameters: temp table touched. Grain: one activity.
CREATE OR REPLACE TEMP VIEW subject AS
SELECT
    a.commit_no AS activity_commit, a.ordinal AS activity_ordinal,
    a.* EXCLUDE (commit_no, ordinal)
FROM emissions.activity AS a
SEMI JOIN touched AS t ON t.commit_no = a.commit_no AND t.ordinal = a.ordinal;
