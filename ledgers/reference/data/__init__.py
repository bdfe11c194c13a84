"""Files of the register and the policy that are loaded once into a new ledger."""
