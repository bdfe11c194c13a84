-- Purpose: the records that stand, of one kind: the last version of each key that is not deleted.
-- Parameters: {kind} and {keys} are names of the declared columns, put in by the caller.
-- Grain: institution and key.
CREATE OR REPLACE TEMP VIEW now_{kind} AS
SELECT *
FROM finance.{kind}
QUALIFY row_number() OVER (
    PARTITION BY institution_id, {keys} ORDER BY commit_no DESC, ordinal DESC
) = 1 AND state = 'stands'
