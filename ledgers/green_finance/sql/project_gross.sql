-- Purpose: the gross benefits of projects, each once: of several institutions that sent elements of
-- one project the newest computation stands. Expected ones stand apart by their phase.
-- Parameters: $day.
-- Grain: project key, scene, phase, year, indicator.
SELECT project_key, scene, phase, year, indicator, value, unit
FROM finance.benefit
WHERE quality = 'benefit' AND year <= year($day::DATE)
QUALIFY row_number() OVER (
    PARTITION BY project_key, scene, phase, year, indicator ORDER BY commit_no DESC, ordinal DESC
) = 1
ORDER BY ALL
