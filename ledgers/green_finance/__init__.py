"""The book of green finance (绿色金融账): what financial institutions report of green money.

What belongs here: catalogues as imported, institutions, records with their versions, tags, benefits
and claims, financed emissions, the rules that guard all of it, and the queries of its disclosures.
What does not: reading files (`pipelines.finance`) and how a report looks (`reports.disclosures`).
"""
