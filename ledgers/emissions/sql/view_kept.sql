-- Purpose: the rows that the present pass posts: ordinary rows first, then, in a commit of their
-- own, those that correct others and may name a row of the first.
-- Parameters: variable corrections (BOOLEAN); view taken. Grain: one row of a file.
CREATE OR REPLACE TEMP VIEW kept AS
FROM taken
WHERE (correction_of <> '') = getvariable('corrections');
