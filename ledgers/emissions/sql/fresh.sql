-- Purpose: what was calculated again, with what makes it what it is. A measure that a person
-- reversed by hand stays reversed.
-- Parameters: temp tables calculated, made_resolution. Grain: one measure of one activity.
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT c.*, r.method_edition, r.method, r.measure, r.parameters
FROM calculated AS c
JOIN made_resolution AS r ON r.resolution_id = c.resolution_id
ANTI JOIN (
    SELECT e.activity_commit, e.activity_ordinal, p.measure
    FROM emissions.entry AS e
    JOIN emissions.resolution AS p ON p.resolution_id = e.resolution_id
    WHERE e.kind = 'reversal' AND e.cause = 'reversal'
) AS x
    ON x.activity_commit = c.activity_commit AND x.activity_ordinal = c.activity_ordinal
    AND x.measure = r.measure;
