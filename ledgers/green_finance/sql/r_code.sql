-- Purpose: every code of the instruments and projects of the package, with its catalogue entry.
-- Grain: one code of one row. `legal` is the one that the dates ask for.
CREATE OR REPLACE TEMP TABLE r_code AS
WITH given AS (
    UNPIVOT (
        SELECT 'instrument' AS subject_kind, sheet, row_no, business_no AS subject_no, kind,
            industry, editions, line, chosen_edition, choice_reason, tagged_by, green,
            gfspc_code, pboc_code, cbirc_code, cbrc_code, bond_code
        FROM r_instrument
        UNION ALL
        SELECT 'project', sheet, row_no, project_no, '', industry, []::VARCHAR[], 0, '', '',
            tagged_by, true, gfspc_code, pboc_code, cbirc_code, cbrc_code, bond_code
        FROM in_project
    )
    ON gfspc_code, pboc_code, cbirc_code, cbrc_code, bond_code
    INTO NAME column_name VALUE code
),
named AS (
    SELECT
        *,
        CASE column_name
            WHEN 'gfspc_code' THEN 'GFSPC-2025'
            WHEN 'pboc_code' THEN 'PBOC-GL-2019'
            WHEN 'cbirc_code' THEN 'CBIRC-GF-2020'
            WHEN 'cbrc_code' THEN 'CBRC-GC-2013'
            ELSE bond_edition(code)
        END AS edition
    FROM given
    WHERE code <> ''
),
candidates AS (
    SELECT
        *,
        CASE WHEN line IN (4, 6, 7, 11) THEN edition = chosen_edition
            ELSE list_contains(editions, edition) END AS fits
    FROM named
)
SELECT
    n.*,
    n.fits AND n.subject_kind = 'instrument' AND row_number() OVER (
        PARTITION BY n.subject_kind, n.sheet, n.row_no, n.fits
        ORDER BY list_position(n.editions, n.edition)
    ) = 1 AS legal,
    t.code IS NOT NULL AS loaded,
    coalesce(t.taggable, false) AS taggable,
    coalesce(t.fossil, false) AS fossil,
    coalesce(t.complete, x.complete) AS complete,
    coalesce(t.extent, x.extent) AS extent,
    coalesce(t.industries, []::VARCHAR[]) AS industries,
    coalesce(t.standards, '') AS standards
FROM candidates AS n
LEFT JOIN taxon AS t ON t.edition = n.edition AND t.code = n.code
LEFT JOIN (SELECT edition, any_value(complete) AS complete, any_value(extent) AS extent
    FROM taxon GROUP BY edition) AS x ON x.edition = n.edition
