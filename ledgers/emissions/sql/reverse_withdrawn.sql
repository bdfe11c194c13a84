-- Purpose: the live entries of withdrawn activities are to be reversed. Parameters: temp table
-- withdrawn. Grain: one entry.
INSERT INTO to_reverse
SELECT e.commit_no, e.ordinal, w.cause
FROM emissions.live_entry AS e
JOIN withdrawn AS w
    ON w.activity_commit = e.activity_commit AND w.activity_ordinal = e.activity_ordinal;
