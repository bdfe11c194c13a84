-- Purpose: how many entries each commit has. Parameters: none. Grain: one commit.
SELECT commit_no, count(*) FROM emissions.entry GROUP BY commit_no ORDER BY commit_no;
