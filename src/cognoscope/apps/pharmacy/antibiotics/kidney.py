"""The clearance that doses go by: as given, else by Cockcroft and Gault."""

from cognoscope.core.case import Cell

FACTORS = {"f": 1.04, "m": 1.23}


def clearance(
    egfr: float | None, creatinine: float | None, age: int | None, weight: float | None, sex: str
) -> dict[str, Cell]:
    """`egfr` in mL/min and how it was had; nothing where it cannot be had.

    creatinine in umol/L, weight in kg. Source: Cockcroft and Gault, Nephron 1976.
    """
    if egfr is not None:
        return {"egfr": round(float(egfr), 1), "egfr_method": "given"}
    if creatinine is None or creatinine <= 0 or age is None or weight is None or sex not in FACTORS:
        return {}
    return {
        "egfr": round((140 - age) * weight * FACTORS[sex] / creatinine, 1),
        "egfr_method": "Cockcroft-Gault",
    }
