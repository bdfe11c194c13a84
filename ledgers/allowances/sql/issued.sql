-- Which serial numbers of the units of wanted_units exist.
-- Parameters: none (wanted_units is lent). Grain: an issued block.
SELECT l.unit, m.first, m.last
FROM allowances.move AS m
JOIN allowances.line AS l USING (seq, line_no)
JOIN wanted_units AS w USING (unit)
WHERE m.parent IS NULL
