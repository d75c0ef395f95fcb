"""Small invented deliveries of reports in the official layouts, for the tests."""

from pathlib import Path

DEMO = (
    "primaryid$caseid$caseversion$i_f_code$event_dt$mfr_dt$init_fda_dt$fda_dt$rept_cod$auth_num$mfr_num$mfr_sndr$"
    "lit_ref$age$age_cod$age_grp$sex$e_sub$wt$wt_cod$rept_dt$to_mfr$occp_cod$reporter_country$occr_country"
)
DRUG = (
    "primaryid$caseid$drug_seq$role_cod$drugname$prod_ai$val_vbm$route$dose_vbm$cum_dose_chr$cum_dose_unit$dechal$"
    "rechal$lot_num$exp_dt$nda_num$dose_amt$dose_unit$dose_form$dose_freq"
)


def demo_line(case: str, version: int = 1, age: str = "62", sex: str = "F", day: str = "20250214") -> str:
    number = f"{case}{version}"
    return (
        f"{number}${case}${version}$I${day}$$20250301$20250303$EXP$$MFR-{case}$MAKER$$"
        f"{age}$YR$${sex}$Y$70$KG$20250303$$MD$FR$FR"
    )


def drug_line(number: str, name: str, role: str = "PS", sequence: int = 1) -> str:
    return f"{number}${number[:-1]}${sequence}${role}${name}${name}$1$Oral" + "$" * 12


def faers(folder: Path, demo: list[str], drug: list[str], reac: list[str], outc: list[str] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "DEMO25Q1.txt").write_text("\r\n".join([DEMO, *demo]) + "\r\n", encoding="latin-1")
    (folder / "DRUG25Q1.txt").write_text("\r\n".join([DRUG, *drug]) + "\r\n", encoding="latin-1")
    heading = "primaryid$caseid$pt$drug_rec_act"
    (folder / "REAC25Q1.txt").write_text("\r\n".join([heading, *reac]) + "\r\n", encoding="latin-1")
    (folder / "OUTC25Q1.txt").write_text(
        "\r\n".join(["primaryid$caseid$outc_cod", *(outc or [])]) + "\r\n", encoding="latin-1"
    )
    return folder


def vigibase(folder: Path) -> Path:
    """Two reports; the second replaces an earlier one and names a product that MP does not list."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "DEMO.txt").write_text(
        f"{101:>11}5"
        + "2"
        + "20250110"
        + "1"
        + "4"
        + "20241230"
        + "\n"
        + f"{102:>11}9"
        + "0"
        + "20250212"
        + "1"
        + "4\n"
    )
    (folder / "DRUG.txt").write_text(
        f"{101:>11}{9001:>11}{55:>11}{1:>6}01001{'':2}1{'':12}\n"
        f"{101:>11}{9002:>11}{56:>11}{1:>6}01001{'':2}2{'':12}\n"
        f"{102:>11}{9003:>11}{57:>11}{1:>6}01001{'':2}3{'':12}\n"
    )
    (folder / "ADR.txt").write_text(
        f"{101:>11}{1:>11}100123451\n{102:>11}{2:>11}100543212\n{999:>11}{3:>11}100543212\n"
    )
    (folder / "OUT.txt").write_text(f"{101:>11}{'3':>2}Y\n")
    (folder / "FOLLOWUP.txt").write_text(f"{102:>11}{77:>11}\n")
    (folder / "MP.txt").write_text(f"{55:>10}{'':67}{'Imaginamycine':<1500}\n{56:>10}{'':67}{'Placidol':<1500}\n")
    return folder
