"""Invented spontaneous reports in the ASCII layout of FAERS: five years, with known signals planted among chance."""

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

YEARS = 5
DEMO = (
    "primaryid$caseid$caseversion$i_f_code$event_dt$mfr_dt$init_fda_dt$fda_dt$rept_cod$auth_num$mfr_num$mfr_sndr$lit_ref"
    "$age$age_cod$age_grp$sex$e_sub$wt$wt_cod$rept_dt$to_mfr$occp_cod$reporter_country$occr_country"
)
DRUG = (
    "primaryid$caseid$drug_seq$role_cod$drugname$prod_ai$val_vbm$route$dose_vbm$cum_dose_chr$cum_dose_unit$dechal$rechal"
    "$lot_num$exp_dt$nda_num$dose_amt$dose_unit$dose_form$dose_freq"
)
REAC = "primaryid$caseid$pt$drug_rec_act"


@cache
def _known() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("reports.toml").read_text(encoding="utf-8"))


def write_reports(folder: Path, count: int, today: date, seed: int) -> int:
    """Write `count` reports received in the five years before `today`, always the same for a seed; returns `count`."""
    known, rng = _known(), np.random.default_rng([seed, 11])
    medicines, reactions = known["medicines"], known["reactions"]
    weights = 1.0 / (np.arange(len(medicines)) + 6.0)
    usual = 1.0 / (np.arange(len(reactions)) + 3.0) ** 1.4
    table = _chances(known, usual / usual.sum())
    late = {
        (each["medicine"], each["reaction"]): today - timedelta(days=int(365 * each["since_years"]))
        for each in known["planted"]
        if "since_years" in each
    }
    only = {(each["medicine"], each["reaction"]): each["sex"] for each in known["planted"] if "sex" in each}
    demo, drug, reac = [DEMO], [DRUG], [REAC]
    for number in range(1, count + 1):
        received = today - timedelta(days=int(rng.integers(1, 365 * YEARS)))
        sex, age = ("F" if rng.random() < 0.56 else "M"), int(np.clip(rng.normal(61, 18), 1, 99))
        taken = rng.choice(len(medicines), size=1 + int(rng.random() < 0.35), replace=False, p=weights / weights.sum())
        suspect = medicines[taken[0]]
        said = set()
        for _ in range(1 + int(rng.poisson(0.6))):
            reaction = reactions[int(rng.choice(len(reactions), p=table[suspect]))]
            planted = suspect, reaction
            if received >= late.get(planted, received) and only.get(planted, sex) == sex:
                said.add(reaction)
        key = f"{number}1"
        day = f"{received:%Y%m%d}"
        demo.append(f"{key}${number}$1$I$$${day}${day}$EXP$$$$${age}$YR$${sex}$N$$${day}$$MD$FR$FR")
        for place, which in enumerate(taken):
            role, name = ("PS" if place == 0 else "C"), medicines[which]
            drug.append(f"{key}${number}${place + 1}${role}${name}${name}$1" + "$" * 13)
        reac += [f"{key}${number}${reaction}$" for reaction in sorted(said or {"Malaise"})]
    quarter = f"{today:%y}Q{(today.month + 2) // 3}"
    for name, lines in (("DEMO", demo), ("DRUG", drug), ("REAC", reac)):
        (folder / f"{name}{quarter}.txt").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    return count


def _chances(known: dict[str, Any], usual: np.ndarray) -> dict[str, np.ndarray]:
    """For each medicine, the chance of each reaction in a report that suspects it."""
    table = {medicine: usual.copy() for medicine in known["medicines"]}
    for each in known["planted"]:
        table[each["medicine"]][known["reactions"].index(each["reaction"])] *= each["times"]
    return {medicine: chances / chances.sum() for medicine, chances in table.items()}
