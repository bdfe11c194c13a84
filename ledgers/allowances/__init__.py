"""The allowance registry (配额登记簿): accounts, units in serial blocks, transactions, proof.

What belongs here: what is held by whom, and how it moves. What does not: how much an enterprise
is allocated and owes, and trades (they call `propose`, `post_batch`, `holdings`, `transactions`).
"""
