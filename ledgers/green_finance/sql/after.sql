-- Purpose: the records of one kind as they would stand after the package.
-- Parameters: {kind}, {columns}, {on} (equality of institution and keys) from the declared columns.
-- Grain: institution and key.
CREATE OR REPLACE TEMP VIEW after_{kind} AS
SELECT {columns}, commit_no, ordinal, institution_id FROM now_{kind} AS n
WHERE NOT EXISTS (SELECT 1 FROM in_{kind} AS i WHERE {on})
UNION ALL BY NAME
SELECT {columns}, 9223372036854775806::BIGINT AS commit_no, ordinal, institution_id
FROM in_{kind}
