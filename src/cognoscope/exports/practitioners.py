"""The pseudonyms under which the people who decide appear outside the hospital."""

from cognoscope.core.home import Home
from cognoscope.exports.fhir.elements import Pseudonym
from cognoscope.intake.pseudonyms import Pseudonymiser


def practitioners(home: Home) -> Pseudonym:
    """From account to pseudonym, under the hospital's own key: the same account always gets the same one.

    Raises:
        InvalidInput: the key file is absent, readable by others, or holds no key.
    """
    pseudonymiser = Pseudonymiser.from_file(home.key_file)
    return lambda account: f"{pseudonymiser.key63('practitioner', account):016x}"
