CREATE TABLE activity AS
SELECT 1::BIGINT AS commit_no, file_row_number AS ordinal, '2025-03' AS month, row_no AS row_last,
    1::INTEGER AS row_count, NULL::DATE AS bill_start, NULL::DATE AS bill_end,
    NULL::DECIMAL(38, 12) AS bill_quantity, NULL::BIGINT AS waiting_commit,
    NULL::BIGINT AS waiting_ordinal, 1::TINYINT AS tier, * EXCLUDE (file_row_number)
FROM read_parquet('typed.parquet', file_row_number = true);
CREATE TABLE entry AS
SELECT 1::BIGINT AS commit_no, row_number() OVER () - 1 AS ordinal, 1::BIGINT AS activity_commit,
    t.file_row_number AS activity_ordinal, '2025-03' AS month, k.resolution_id, k.proof_id,
    round(k.constant * t.quantity::DOUBLE * CASE WHEN k.plain THEN 1 ELSE
        CASE WHEN k.ncv THEN t.ncv::DOUBLE ELSE 1 END
        * CASE WHEN k.carbon_content THEN t.carbon_content::DOUBLE ELSE 1 END
        * CASE WHEN k.enthalpy THEN t.enthalpy::DOUBLE - 83.74 ELSE 1 END END)::BIGINT AS value,
    1::TINYINT AS tier, 'post' AS kind, '' AS cause, NULL::BIGINT AS reverses_commit,
    NULL::BIGINT AS reverses_ordinal
FROM read_parquet('typed.parquet', file_row_number = true) AS t
JOIN read_parquet('kernel.parquet') AS k
    ON k.carrier = t.carrier AND k.flow = t.flow AND k.unit = t.unit
    AND k.measured = (t.ncv IS NOT NULL);
