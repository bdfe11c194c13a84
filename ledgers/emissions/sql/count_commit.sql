-- Purpose: what a commit in the making holds. Parameters: $commit_no. Grain: one row.
SELECT
    (SELECT count(*) FROM emissions.activity WHERE commit_no = $commit_no) AS activities,
    (SELECT count(*) FROM emissions.waiting WHERE commit_no = $commit_no) AS waiting,
    (SELECT count(*) FROM emissions.waiting_end WHERE commit_no = $commit_no) AS ended,
    (SELECT count(*) FROM emissions.withdrawal WHERE commit_no = $commit_no) AS withdrawn,
    (SELECT count(*) FROM emissions.rejection WHERE commit_no = $commit_no) AS faults;
