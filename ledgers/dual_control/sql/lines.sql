-- Purpose: energy and CO2 of each enterprise and month as they stand in the emission ledger, in
-- whole grams of standard coal and of CO2 (CO2e where a factor itself is in CO2e). Of the method
-- editions that one enterprise and month were booked under only the first of $preferred is taken.
-- Parameters: $first, $last (months); $commit_no (the last commit to read); $preferred
-- (edition|boundary, best first); $coal, $oil, $non_fossil (carriers); $supply (industries whose
-- combustion makes energy for the networks); $enterprise ('' = all), $facility ('' = all).
-- Grain: enterprise, month. The places count enterprises from 0 and months from year 0.
WITH standing AS (
    SELECT
        a.enterprise_id,
        e.month,
        e.value,
        a.carrier,
        a.flow,
        r.industry,
        r.scope,
        r.category,
        r.counted,
        r.measure,
        list_position($preferred::VARCHAR[], r.method_edition || '|' || r.boundary) AS place
    FROM emissions.entry AS e
    JOIN emissions.activity AS a
        ON a.commit_no = e.activity_commit AND a.ordinal = e.activity_ordinal
    JOIN emissions.resolution AS r ON r.resolution_id = e.resolution_id
    WHERE e.month BETWEEN $first AND $last
        AND e.commit_no <= $commit_no
        AND e.kind <> 'reversal'
        AND r.counted
        AND r.measure IN ('CO2', 'CO2e', 'tce_equivalent', 'tce_equal')
        AND ($enterprise = '' OR a.enterprise_id = $enterprise)
        AND ($facility = '' OR a.facility = $facility)
        AND NOT EXISTS (
            SELECT 1
            FROM emissions.entry AS x
            WHERE x.reverses_commit = e.commit_no
                AND x.reverses_ordinal = e.ordinal
                AND x.commit_no <= $commit_no
        )
),
chosen AS (
    SELECT enterprise_id, month, min(place) AS place FROM standing GROUP BY ALL
)
SELECT
    s.enterprise_id,
    dense_rank() OVER (ORDER BY s.enterprise_id) - 1 AS place_of_enterprise,
    s.month[:4]::INTEGER * 12 + s.month[6:]::INTEGER AS place_of_month,
    coalesce(sum(s.value) FILTER (s.measure = 'tce_equivalent'), 0)::BIGINT AS energy,
    coalesce(sum(s.value) FILTER (s.measure = 'tce_equivalent' AND s.carrier = 'electricity'), 0)
    ::BIGINT AS electricity,
    coalesce(sum(s.value) FILTER (s.measure = 'tce_equal'), 0)::BIGINT AS electricity_equal,
    (
        count(*) FILTER (s.measure = 'tce_equivalent' AND s.carrier = 'electricity')
        - count(*) FILTER (s.measure = 'tce_equal')
    )::BIGINT AS without_equal,
    coalesce(
        sum(s.value) FILTER (
            s.measure = 'tce_equivalent' AND list_contains($coal::VARCHAR[], s.carrier)
        ), 0
    )::BIGINT AS coal,
    coalesce(
        sum(s.value) FILTER (
            s.measure = 'tce_equivalent' AND list_contains($oil::VARCHAR[], s.carrier)
        ), 0
    )::BIGINT AS oil,
    coalesce(
        sum(s.value) FILTER (
            s.measure = 'tce_equivalent' AND list_contains($non_fossil::VARCHAR[], s.carrier)
        ), 0
    )::BIGINT AS non_fossil,
    coalesce(sum(s.value) FILTER (s.measure = 'tce_equivalent' AND s.flow = 'feedstock'), 0)
    ::BIGINT AS feedstock,
    coalesce(sum(s.value) FILTER (s.scope = '1'), 0)::BIGINT AS direct,
    coalesce(sum(s.value) FILTER (s.scope = '2'), 0)::BIGINT AS purchased,
    coalesce(
        sum(s.value) FILTER (
            s.scope = '1'
            AND s.category = 'combustion'
            AND list_contains($supply::VARCHAR[], s.industry)
        ), 0
    )::BIGINT AS supply
FROM standing AS s
JOIN chosen AS c
    ON c.enterprise_id = s.enterprise_id AND c.month = s.month AND c.place = s.place
GROUP BY s.enterprise_id, s.month
ORDER BY s.enterprise_id, s.month
