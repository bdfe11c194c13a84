-- Purpose: the columns that decide how a row is resolved and proved (the case of a row).
-- `measured_units` joins the units of measured parameters as written, and, where the numbers
-- decide too, the numbers: of steam without an enthalpy its pressure and temperature, and under an
-- edition that rounds a product of measured values these values. Buckets number the spans of days
-- between which no factor begins or ends to be valid.
-- Parameters: view subject; temp tables profile, flows_beside; variables cuts (list of days),
-- steam_carriers, rounding_profiles (lists).
-- Grain: one row of `subject`; profile_id is 0 where no enterprise is registered on its day.
CREATE OR REPLACE TEMP VIEW keyed AS
SELECT
    s.*,
    coalesce(p.profile_id, 0) AS profile_id,
    CASE WHEN list_contains(p.own_facilities, s.facility) THEN s.facility ELSE '' END
    AS own_facility,
    CASE WHEN len(getvariable('cuts')) = 0 THEN 0
    ELSE len(list_filter(getvariable('cuts'), lambda day: day <= s.period_start)) END
    AS first_bucket,
    CASE WHEN len(getvariable('cuts')) = 0 THEN 0
    ELSE len(list_filter(getvariable('cuts'), lambda day: day <= s.period_end)) END
    AS last_bucket,
    CASE WHEN s.mask = 0 THEN '' ELSE concat_ws(
        chr(31), s.ncv_unit, s.carbon_content_unit, s.elemental_carbon_unit,
        s.oxidation_rate_unit, s.moisture_unit, s.pressure_unit, s.temperature_unit,
        s.enthalpy_unit
    ) || CASE
        WHEN s.enthalpy IS NULL AND s.pressure IS NOT NULL
            AND list_contains(getvariable('steam_carriers'), s.carrier)
        THEN concat(
            chr(31), 'pressure', chr(30), s.pressure, chr(31), 'temperature', chr(30), s.temperature
        )
        WHEN len(getvariable('rounding_profiles')) > 0
            AND list_contains(getvariable('rounding_profiles'), p.profile_id)
        THEN concat(
            chr(31), 'ncv', chr(30), s.ncv, chr(31), 'carbon_content', chr(30), s.carbon_content
        )
        ELSE ''
    END END AS measured_units,
    coalesce(b.beside, '') AS beside
FROM (
    SELECT
        *,
        (ncv IS NOT NULL)::SMALLINT
        + 2::SMALLINT * (carbon_content IS NOT NULL)::SMALLINT
        + 4::SMALLINT * (elemental_carbon IS NOT NULL)::SMALLINT
        + 8::SMALLINT * (oxidation_rate IS NOT NULL)::SMALLINT
        + 16::SMALLINT * (moisture IS NOT NULL)::SMALLINT
        + 32::SMALLINT * (pressure IS NOT NULL)::SMALLINT
        + 64::SMALLINT * (temperature IS NOT NULL)::SMALLINT
        + 128::SMALLINT * (enthalpy IS NOT NULL)::SMALLINT AS mask
    FROM subject
) AS s
LEFT JOIN profile AS p
    ON p.enterprise_id = s.enterprise_id
    AND s.period_start BETWEEN p.valid_from AND p.valid_to
LEFT JOIN flows_beside AS b
    ON b.enterprise_id = s.enterprise_id AND b.carrier = s.carrier AND b.month = s.month;
