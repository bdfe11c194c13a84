-- Purpose: typed activity rows of a month as a city's meters would give them; 合成数据 (synthetic).
-- Parameters: $rows, temp tables bench_enterprise (place, enterprise_id, name) and
-- bench_carrier (place, carrier, name, flow, unit). Grain: one row of one file.
SELECT
    repeat('5e', 32) AS source, '' AS sheet, i + 2 AS row_no,
    e.enterprise_id, e.name AS enterprise_name,
    '设施' || (i // 1000 % 3 + 1) AS facility, '设备' || (i // 3000 % 8 + 1) AS device,
    c.carrier, c.name AS carrier_text, c.flow,
    DATE '2025-03-01' + (i // 24000 % 31)::INTEGER AS period_start, period_start AS period_end,
    NULL::TIMESTAMP AS starts_at,
    ((hash(i) % 400000000)::BIGINT * 0.0001::DECIMAL(5, 4))::DECIMAL(38, 12) AS quantity,
    rtrim(rtrim(quantity::VARCHAR, '0'), '.') AS quantity_text, c.unit,
    c.carrier IN ('anthracite', 'bituminous') AND i % 5 = 0 AS tested,
    CASE WHEN tested THEN (20000 + hash(i + 1) % 7000)::DECIMAL(38, 12) * 0.001 END
        ::DECIMAL(38, 12) AS ncv, CASE WHEN tested THEN 'GJ/t' ELSE '' END AS ncv_unit,
    CASE WHEN tested THEN (2500 + hash(i + 2) % 300)::DECIMAL(38, 12) * 0.00001 END
        ::DECIMAL(38, 12) AS carbon_content,
    CASE WHEN tested THEN 'tC/GJ' ELSE '' END AS carbon_content_unit,
    NULL::DECIMAL(38, 12) AS elemental_carbon, '' AS elemental_carbon_unit,
    NULL::DECIMAL(38, 12) AS oxidation_rate, '' AS oxidation_rate_unit,
    NULL::DECIMAL(38, 12) AS moisture, '' AS moisture_unit,
    NULL::DECIMAL(38, 12) AS pressure, '' AS pressure_unit,
    NULL::DECIMAL(38, 12) AS temperature, '' AS temperature_unit,
    CASE WHEN c.carrier = 'steam' THEN (2700 + hash(i + 3) % 300)::DECIMAL(38, 12) END
        AS enthalpy, CASE WHEN c.carrier = 'steam' THEN 'kJ/kg' ELSE '' END AS enthalpy_unit,
    '' AS coal_basis, '' AS gas_condition, 'measured' AS data_kind,
    ['meter', 'invoice', 'ledger'][1 + i % 3] AS evidence_kind,
    '凭证' || i // 7 AS evidence, '' AS correction_of, '' AS note, false AS from_float
FROM range($rows) AS r(i)
JOIN bench_enterprise AS e ON e.place = i % 1000
JOIN bench_carrier AS c ON c.place = i * 7919 // 1000 % 12
ORDER BY i
