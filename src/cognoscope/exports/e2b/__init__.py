"""ICH E2B(R3): a declaration of adverse reactions as the XML case that authorities receive."""

from cognoscope.exports.e2b.check import problems
from cognoscope.exports.e2b.report import Sender, individual_case

__all__ = ["Sender", "individual_case", "problems"]
