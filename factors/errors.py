"""Errors of the whole house: a code, the facts, and whose fault it is.

What belongs here: the classes that every room raises. What does not: their words, which stand
in `factors/messages/` in both languages, and the decision what to do with an error, which is
the doors'.
"""

from __future__ import annotations

from typing import Any, ClassVar

from factors import messages


class TanzhangError(Exception):
    """An error with a stable code and the facts that its message needs.

    `exit_code` is what the command line ends with when the error reaches a door.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def text(self, lang: str = "zh") -> str:
        """The message in `lang` ('zh' or 'en'): what was seen, what is allowed, what to do."""
        return messages.text(self.code, lang, self.facts)

    def __str__(self) -> str:
        return self.text("en")

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions with keyword arguments do not pickle by themselves.
        return (_rebuild, (type(self), self.code, self.facts))


class DataFault(TanzhangError):
    """What was sent has faults; the sender can mend it."""

    exit_code = 1


class UsageFault(TanzhangError):
    """The command or call was used wrongly; the person at the door can mend it."""

    exit_code = 2


class OurFault(TanzhangError):
    """The software or its installation is at fault; nobody outside can mend it."""

    exit_code = 3


def _rebuild(kind: type[TanzhangError], code: str, facts: dict[str, Any]) -> TanzhangError:
    error = kind.__new__(kind)
    TanzhangError.__init__(error, code, **facts)
    return error
