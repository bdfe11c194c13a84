-- Purpose: the records that the package asks to delete, with what stands and what was disclosed.
-- Grain: one deletion row of the package.
CREATE OR REPLACE TEMP TABLE r_deletion AS
SELECT
    d.*,
    CASE d.record_kind
        WHEN 'instrument' THEN EXISTS (
            SELECT 1 FROM now_instrument AS i
            WHERE i.institution_id = getvariable('institution') AND i.business_no = d.record_no
                AND i.event = d.event AND i.event_date = d.event_date
        )
        ELSE EXISTS (
            SELECT 1 FROM now_project AS p
            WHERE p.institution_id = getvariable('institution') AND p.project_no = d.record_no
        )
    END AS known_record,
    d.record_kind = 'project' AND EXISTS (
        SELECT 1 FROM now_instrument AS i
        WHERE i.institution_id = getvariable('institution') AND i.project_no = d.record_no
    ) AS in_use,
    EXISTS (
        SELECT 1 FROM finance.disclosed AS x
        WHERE x.institution_id = getvariable('institution') AND x.record_kind = d.record_kind
            AND x.record_no = d.record_no
    ) AS disclosed
FROM in_deletion AS d
