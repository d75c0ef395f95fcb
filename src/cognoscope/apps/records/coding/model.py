"""The method as a library: what a stay's reports speak for, and whether its codes hold together.

>>> from cognoscope.apps.records.coding.stay import Stay
>>> reports = ("Motif : dyspnée. Conclusion : pneumopathie basale droite. HTA traitée.",)
>>> [each.candidate.code for each in propose_codes(Stay(age=70, sex="f", notes=reports))]
['J18.9', 'I10']
"""

from cognoscope.apps.records.coding.candidates import Candidate, diagnoses, procedures
from cognoscope.apps.records.coding.coherence import Judged, incoherence, judge
from cognoscope.apps.records.coding.ranking import Ranked, rank
from cognoscope.apps.records.coding.stay import Stay

__all__ = ["Judged", "incoherence", "judge", "propose_acts", "propose_codes"]


def propose_codes(stay: Stay) -> list[Ranked]:
    """CIM-10 codes of the reports by falling score; the first is proposed as principal diagnosis."""
    return rank(diagnoses(stay), stay)


def propose_acts(stay: Stay) -> list[Candidate]:
    """CCAM codes of the acts that the reports say were done."""
    return procedures(stay)
