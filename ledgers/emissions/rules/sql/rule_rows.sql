-- Purpose: each typed row beside what is known of it: its enterprise, its window, the proof of its
-- units and the bands turned exactly into its own units. What row rules are predicates on, and
-- what expectations are told about.
-- Parameters: view typed; temp tables rule_shape, rule_enterprise, rule_span, rule_window.
-- Grain: one typed row. <name>_band is -1 below, 0 inside, 1 above, NULL where there is no
-- value or no band.
CREATE OR REPLACE TEMP VIEW rule_rows AS
SELECT
    t.*,
    s.* EXCLUDE (
        carrier, unit, gas_condition, ncv_unit, has_ncv, carbon_content_unit, has_carbon_content,
        elemental_carbon_unit, has_elemental_carbon, oxidation_rate_unit, has_oxidation_rate,
        moisture_unit, has_moisture, pressure_unit, has_pressure, temperature_unit,
        has_temperature, enthalpy_unit, has_enthalpy
    ),
    e.credit_code_valid,
    CASE
        WHEN w.register_known AND e.credit_code_valid THEN d.first_day IS NOT NULL
    END AS enterprise_registered,
    CASE WHEN t.correction_of = '' THEN t.quantity END AS uncorrected_quantity,
    least(greatest(datediff('month', t.period_start, t.period_end) + 1, 1), 9999) AS months,
    CASE
        WHEN abs(t.quantity) > s.quantity_most * CAST(
            least(greatest(datediff('month', t.period_start, t.period_end) + 1, 1), 9999)
            AS DECIMAL(4, 0)
        ) THEN 1
        WHEN s.quantity_most IS NOT NULL THEN 0
    END AS quantity_band,
    CASE
        WHEN t.ncv < s.ncv_least THEN -1 WHEN t.ncv > s.ncv_most THEN 1
        WHEN t.ncv IS NOT NULL AND s.ncv_most IS NOT NULL THEN 0
    END AS ncv_band,
    CASE
        WHEN t.carbon_content < s.carbon_content_least THEN -1
        WHEN t.carbon_content > s.carbon_content_most THEN 1
        WHEN t.carbon_content IS NOT NULL AND s.carbon_content_most IS NOT NULL THEN 0
    END AS carbon_content_band,
    CASE
        WHEN t.elemental_carbon < s.elemental_carbon_least THEN -1
        WHEN t.elemental_carbon > s.elemental_carbon_most THEN 1
        WHEN t.elemental_carbon IS NOT NULL AND s.elemental_carbon_most IS NOT NULL THEN 0
    END AS elemental_carbon_band,
    CASE
        WHEN t.oxidation_rate < s.oxidation_rate_least THEN -1
        WHEN t.oxidation_rate > s.oxidation_rate_most THEN 1
        WHEN t.oxidation_rate IS NOT NULL AND s.oxidation_rate_most IS NOT NULL THEN 0
    END AS oxidation_rate_band,
    CASE
        WHEN t.moisture < s.moisture_least THEN -1 WHEN t.moisture > s.moisture_most THEN 1
        WHEN t.moisture IS NOT NULL AND s.moisture_most IS NOT NULL THEN 0
    END AS moisture_band,
    CASE
        WHEN t.enthalpy < s.enthalpy_least THEN -1 WHEN t.enthalpy > s.enthalpy_most THEN 1
        WHEN t.enthalpy IS NOT NULL AND s.enthalpy_most IS NOT NULL THEN 0
    END AS enthalpy_band,
    w.earliest,
    w.latest,
    CASE
        WHEN t.period_start < w.earliest THEN t.period_start - w.earliest
        WHEN t.period_end > w.latest THEN t.period_end - w.latest
        ELSE 0
    END AS days_outside,
    t.period_end - t.period_start + 1 AS days_covered
FROM typed AS t
CROSS JOIN rule_window AS w
LEFT JOIN rule_shape AS s
    ON s.carrier = t.carrier
    AND s.unit = t.unit
    AND s.gas_condition = t.gas_condition
    AND s.has_ncv = (t.ncv IS NOT NULL)
    AND s.ncv_unit = CASE WHEN t.ncv IS NULL THEN '' ELSE t.ncv_unit END
    AND s.has_carbon_content = (t.carbon_content IS NOT NULL)
    AND s.carbon_content_unit
        = CASE WHEN t.carbon_content IS NULL THEN '' ELSE t.carbon_content_unit END
    AND s.has_elemental_carbon = (t.elemental_carbon IS NOT NULL)
    AND s.elemental_carbon_unit
        = CASE WHEN t.elemental_carbon IS NULL THEN '' ELSE t.elemental_carbon_unit END
    AND s.has_oxidation_rate = (t.oxidation_rate IS NOT NULL)
    AND s.oxidation_rate_unit
        = CASE WHEN t.oxidation_rate IS NULL THEN '' ELSE t.oxidation_rate_unit END
    AND s.has_moisture = (t.moisture IS NOT NULL)
    AND s.moisture_unit = CASE WHEN t.moisture IS NULL THEN '' ELSE t.moisture_unit END
    AND s.has_pressure = (t.pressure IS NOT NULL)
    AND s.pressure_unit = CASE WHEN t.pressure IS NULL THEN '' ELSE t.pressure_unit END
    AND s.has_temperature = (t.temperature IS NOT NULL)
    AND s.temperature_unit = CASE WHEN t.temperature IS NULL THEN '' ELSE t.temperature_unit END
    AND s.has_enthalpy = (t.enthalpy IS NOT NULL)
    AND s.enthalpy_unit = CASE WHEN t.enthalpy IS NULL THEN '' ELSE t.enthalpy_unit END
LEFT JOIN rule_enterprise AS e ON e.enterprise_id = t.enterprise_id
LEFT JOIN rule_span AS d
    ON d.enterprise_id = t.enterprise_id
    AND t.period_start BETWEEN d.first_day AND d.last_day
    AND t.period_end BETWEEN d.first_day AND d.last_day
