"""Great Expectations over the declared rules (数据期望): the gate of the pipeline, and its pages.

What belongs here: suites made from `ledgers.emissions.rules`, running them over the rows of a
month, and Data Docs under the home. What does not: the rules themselves, which are declared once
beside the book that they guard, and what follows when the gate is shut (`pipelines.checks`).

Great Expectations takes seconds to import and is imported inside functions only.
"""
