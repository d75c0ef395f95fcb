"""No option may be one that the documented germ is resistant to by nature: tried on every infection and germ."""

from cognoscope.apps.pharmacy.antibiotics.activity import tested
from cognoscope.apps.pharmacy.antibiotics.case import Infection, build_case
from cognoscope.apps.pharmacy.antibiotics.case_microbes import Microbes
from cognoscope.apps.pharmacy.antibiotics.isolates import Isolates
from cognoscope.apps.pharmacy.antibiotics.judged_vignettes import AS_OF
from cognoscope.apps.pharmacy.antibiotics.model import decide
from cognoscope.apps.pharmacy.antibiotics.question import read_question
from cognoscope.apps.pharmacy.antibiotics.tables import rows
from cognoscope.intake.knowledge.store import Knowledge

SEVERITIES = ("mild", "moderate", "severe")


def intrinsic_proposed(knowledge: Knowledge, microbes: Microbes, isolates: Isolates) -> tuple[int, int]:
    """Options that the germ is resistant to by nature, of all options proposed, over infections, germs, severities."""
    wrong = proposed = 0
    for infection in rows("infections"):
        for germ in microbes.own:
            for severity in SEVERITIES:
                asked = Infection("stay:judged", infection["code"], severity, germ=germ, sex="f", age_years=60)
                question = read_question(build_case(asked, knowledge, AS_OF))
                for option in decide(question).options:
                    proposed += 1
                    wrong += all(microbes.intrinsic(germ, agent) for agent in tested(question, option.regimen))
    return wrong, proposed
