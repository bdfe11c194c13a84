-- Purpose: versions of energy balances with who recorded them and when.
-- Parameters: $region, $year ('' and 0: all); $commit_no (the last commit to read).
-- Grain: region, year, version.
SELECT
    b.commit_no, b.region, b.year, b.version, b.source, b.file_name, b.sheet, b.title, b.synthetic,
    b.tolerance, b.gas_condition, b.stand_ins, b.method, b.reason, c.recorded_at, c.person
FROM inventory.balance AS b
JOIN journal.commit AS c ON c.commit_no = b.commit_no
WHERE ($region = '' OR b.region = $region)
    AND ($year = 0 OR b.year = $year)
    AND b.commit_no <= $commit_no
ORDER BY b.region, b.year, b.version
