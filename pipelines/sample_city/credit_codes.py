"""Unified social credit codes (统一社会信用代码) of the synthetic city.

What belongs here: making codes that are valid by GB 32100 and visibly synthetic. What does not:
checking codes that people send, which is a declared rule of the books.

A code is `91` (enterprise), the six digits of the district, a nine-character organisation code
and the check character. The organisation code begins with `HC` (合成, synthetic) and a letter
for the kind of record, then five digits, then its own GB 11714 check character. Organisation
codes in use begin with a digit or with `M`, so a code of this pattern is unlikely to be anybody's.
"""

from __future__ import annotations

from stdnum.cn import uscc

ENTERPRISE, PREDECESSOR, UNREGISTERED, SCALE = "E", "P", "U", "M"
"""Kinds of record: a registered enterprise, one that ended, one in no register, the benchmark's."""

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_code(body: str) -> str:
    """The eight characters `body` and their GB 11714 check character (X for 10, 0 for 11)."""
    total = sum(int(c, 36) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return body + "0123456789X0"[11 - total % 11]


def credit_code(district: str, kind: str, number: int) -> str:
    """An 18-character code for record `number` (0 to 99,999) of `kind` in `district`.

    Raises ValueError when the number does not fit or the district is not six digits.
    """
    if not 0 <= number <= 99_999 or len(district) != 6:
        raise ValueError(f"no synthetic credit code for district {district!r}, number {number}")
    head = "91" + district + organisation_code(f"HC{kind}{number:05d}")
    return head + uscc.calc_check_digit(head)
