from __future__ import annotations

import pytest
from stdnum.cn import uscc

from pipelines.sample_city.city import build_city
from pipelines.sample_city.credit_codes import (
    ENTERPRISE,
    PREDECESSOR,
    SCALE,
    UNREGISTERED,
    credit_code,
    organisation_code,
)


def test_a_known_organisation_code_has_its_check_character():
    # The weighted sum of the body leaves 1 by modulus 11, so the check is 10, written X.
    assert organisation_code("D2143569") == "D2143569X"


def test_a_code_is_valid_and_visibly_synthetic():
    code = credit_code("210113", ENTERPRISE, 1)
    assert code == "91210113HCE000011R"
    assert uscc.is_valid(code)


def test_every_kind_of_code_is_valid():
    for kind in (ENTERPRISE, PREDECESSOR, UNREGISTERED, SCALE):
        for number in (0, 7, 99_999):
            assert uscc.is_valid(credit_code("210181", kind, number))


@pytest.mark.parametrize(("district", "number"), [("2101", 1), ("210113", 100_000), ("210113", -1)])
def test_what_does_not_fit_is_refused(district, number):
    with pytest.raises(ValueError, match="no synthetic credit code"):
        credit_code(district, ENTERPRISE, number)


def test_the_citys_codes_are_valid_and_each_its_own():
    members = build_city().enterprises
    codes = [m.enterprise_id for m in members]
    codes += [m.predecessor.enterprise_id for m in members if m.predecessor]
    assert len(codes) == 304
    assert len(set(codes)) == 304
    assert all(uscc.is_valid(code) and code[8:10] == "HC" for code in codes)
