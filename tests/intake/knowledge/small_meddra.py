"""A MedDRA of this size that nobody licenses: invented codes and names, in the published layout."""

from pathlib import Path

FILES = {
    "meddra_release.asc": "99.1$Invented$$$$\n",
    "soc.asc": "99100001$Troubles de la peau inventés$Peau$$$$$$$\n99100002$Troubles généraux inventés$Gen$$$$$$$\n",
    "hlgt.asc": "99200001$Éruptions (groupe)$$$$$$$\n99200002$État général (groupe)$$$$$$$\n",
    "hlt.asc": "99300001$Éruptions diverses$$$$$$$\n99300002$Fatigues diverses$$$$$$$\n",
    "pt.asc": "99400001$Rougeur inventée$$99100001$$$$$$$\n99400002$Fatigue inventée$$99100002$$$$$$$\n",
    "llt.asc": (
        "99400001$Rougeur inventée$99400001$$$$$$$Y$$\n"
        "99500001$Plaques rouges$99400001$$$$$$$Y$$\n"
        "99500002$Plaques rouges anciennes$99400001$$$$$$$N$$\n"
        "99400002$Fatigue inventée$99400002$$$$$$$Y$$\n"
    ),
    "hlt_pt.asc": "99300001$99400001$$\n99300002$99400001$$\n99300002$99400002$$\n",
    "hlgt_hlt.asc": "99200001$99300001$$\n99200002$99300002$$\n",
    "soc_hlgt.asc": "99100001$99200001$$\n99100002$99200002$$\n",
    "mdhier.asc": (
        "99400001$99300002$99200002$99100002$Rougeur inventée$Fatigues diverses$État général (groupe)$"
        "Troubles généraux inventés$Gen$$99100001$N$\n"
        "99400001$99300001$99200001$99100001$Rougeur inventée$Éruptions diverses$Éruptions (groupe)$"
        "Troubles de la peau inventés$Peau$$99100001$Y$\n"
        "99400002$99300002$99200002$99100002$Fatigue inventée$Fatigues diverses$État général (groupe)$"
        "Troubles généraux inventés$Gen$$99100002$Y$\n"
    ),
}


def write_meddra(folder: Path, encoding: str = "utf-8") -> Path:
    """The distribution, in a folder of its own."""
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return folder
