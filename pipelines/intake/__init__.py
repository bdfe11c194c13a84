"""Intake: the files that people really send (报送文件), to staged rows, typed rows and faults.

What belongs here: reading, recognising headers, cell forms, feeds, and the workbooks that go back
to the sender. What does not: rules that need the books (`ledgers`), the order of the month
(`pipelines.month`), Dagster and Great Expectations, which are never loaded from here.
"""
