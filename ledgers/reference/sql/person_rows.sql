-- Purpose: the rows of register.person that hold, later commits superseding earlier ones.
-- Parameters: 1 the last commit to read.
-- Grain: (person_id, valid_from); `until` is the last day on which the row holds: its own
-- valid_to, or the day before the next row of the same key. Withdrawn rows are left out of the
-- succession but returned, marked by valid_to before valid_from.
WITH latest AS (
    SELECT * EXCLUDE (ordinal)
    FROM register.person
    WHERE commit_no <= ?
    QUALIFY row_number() OVER (
        PARTITION BY person_id, valid_from ORDER BY commit_no DESC, ordinal DESC
    ) = 1
)
SELECT
    *,
    least(
        coalesce(valid_to, DATE '9999-12-31'),
        coalesce(
            lead(valid_from) OVER (
                PARTITION BY person_id, coalesce(valid_to < valid_from, FALSE)
                ORDER BY valid_from
            ) - 1,
            DATE '9999-12-31'
        )
    ) AS until
FROM latest
ORDER BY person_id, valid_from
