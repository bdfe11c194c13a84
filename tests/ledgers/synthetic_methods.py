"""A method edition of bought power that says that it is invented; 合成数据 (synthetic)."""

from __future__ import annotations

NAME = "合成方法-1"
_TEXT = """
# 合成数据 (synthetic): nobody's method.
edition = "合成方法-1"
family = "合成方法"
title_zh = "合成方法（测试）"
title_en = "Synthetic method (test)"
document = "合成数据 (synthetic)"
state = "active"
standing = "{standing}"
boundary = "legal_person"
gwp_edition = "SAR"

[parameters.quantity]
source = "activity"
unit = {{ energy = "MWh" }}

[parameters.grid_factor]
source = "factor"
factor = "grid_EF"
tables = ["own"]
series = "national_average"
substance = "CO2"
unit = "tCO2/MWh"

[[method]]
id = "power"
group = "power"
title_zh = "合成购入电力"
title_en = "Synthetic bought power"
measure = "CO2"
unit = "tCO2"
scope = "2"
category = "electricity_location"
flows = ["purchase"]
carriers = ["electricity"]
bases = ["energy"]
standing = "{method_standing}"
formula = "quantity * grid_factor"
"""


def text(standing: str = "reported", method_standing: str = "reported") -> str:
    """The declaration with the standings that it claims."""
    return _TEXT.format(standing=standing, method_standing=method_standing)
