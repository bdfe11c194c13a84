-- Purpose: the names by which a correction may mean a standing row of the ledger, of the
-- enterprises that have corrections in hand.
-- Parameters: views typed, emissions.live_activity.
-- Grain: one activity.
CREATE OR REPLACE TEMP VIEW rule_ledger_names AS
SELECT
    enterprise_id, source, row_no, row_last, evidence,
    commit_no || '-' || ordinal AS activity_id
FROM emissions.live_activity
SEMI JOIN (SELECT DISTINCT enterprise_id FROM typed WHERE correction_of <> '') AS corrected
    USING (enterprise_id)
