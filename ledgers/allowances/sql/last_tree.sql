-- The registry's tree as the last commit that posted transactions left it, as JSON.
-- Parameters: the book. Grain: one row, or none before the first.
SELECT header -> '$.facts.registry'
FROM journal.commit
WHERE book = ? AND commit_no = (SELECT max(commit_no) FROM allowances.transaction)
