-- Purpose: what a proof and its resolution print. Parameters: $proof. Grain: one proof.
SELECT r.formula, r.sign, r.parameters, p.multipliers
FROM emissions.proof AS p
JOIN emissions.resolution AS r ON r.resolution_id = p.resolution_id
WHERE p.proof_id = $proof;
