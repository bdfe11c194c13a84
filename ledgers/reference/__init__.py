"""The reference book and the register (参考账与名录): what the ledger holds of the outside world.

What belongs here: editions of factors and methods, confirmations, rule sets, policy settings,
plausible bands, and the register of enterprises, facilities and persons. All of it is journalled
and only added to, so that it can be read as it stood on any day. What does not: what follows
from it for a figure or a row (`ledgers.emissions` and the books after it).
"""

from ledgers.reference.answers import Answer, Change, Rejected
from ledgers.reference.bands import Band, BandFault, bands, set_bands
from ledgers.reference.columns import BOUNDARIES, COLUMNS, MARKETS, STANDINGS, CellFault
from ledgers.reference.confirmations import (
    Confirmation,
    ConfirmationFault,
    confirm,
    confirmations,
)
from ledgers.reference.edition_import import compare, import_edition
from ledgers.reference.editions import (
    EditionVersion,
    MethodVersion,
    catalogue,
    edition_versions,
    method_edition_states,
    method_editions,
    method_versions,
    own_carriers,
)
from ledgers.reference.policy import (
    TIER_UNCERTAINTY,
    Policy,
    PolicyFault,
    activity_uncertainty,
    policy,
    set_policy,
    settings,
)
from ledgers.reference.register import (
    District,
    Enterprise,
    Facility,
    Person,
    districts,
    enterprise_history,
    enterprises,
    facilities,
    facility_history,
    persons,
)
from ledgers.reference.registration import import_register
from ledgers.reference.rows import AsOf
from ledgers.reference.rule_sets import RuleValue, import_rule_set, rule_set, rule_values
from ledgers.reference.shipped import Loaded, PackageChanged, load_shipped

__all__ = [
    "BOUNDARIES",
    "COLUMNS",
    "MARKETS",
    "STANDINGS",
    "TIER_UNCERTAINTY",
    "Answer",
    "AsOf",
    "Band",
    "BandFault",
    "CellFault",
    "Change",
    "Confirmation",
    "ConfirmationFault",
    "District",
    "EditionVersion",
    "Enterprise",
    "Facility",
    "Loaded",
    "MethodVersion",
    "PackageChanged",
    "Person",
    "Policy",
    "PolicyFault",
    "Rejected",
    "RuleValue",
    "activity_uncertainty",
    "bands",
    "catalogue",
    "compare",
    "confirm",
    "confirmations",
    "districts",
    "edition_versions",
    "enterprise_history",
    "enterprises",
    "facilities",
    "facility_history",
    "import_edition",
    "import_register",
    "import_rule_set",
    "load_shipped",
    "method_edition_states",
    "method_editions",
    "method_versions",
    "own_carriers",
    "persons",
    "policy",
    "rule_set",
    "rule_values",
    "set_bands",
    "set_policy",
    "settings",
]
