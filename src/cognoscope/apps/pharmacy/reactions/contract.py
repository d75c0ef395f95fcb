"""What others may rely on in a proposal on a declaration: groups, keys, codes and attribute names. Exporters read this.

One proposal a declaration: application `pharmacy.reactions`, question `declaration`, value `TextValue`. Its case (kind
`adverse-reaction`, subject `report:<pseudonym>`) holds:

facts
    `received_on` (ISO date), `language` (`fr`, `en`, or another code that was recognised and is not read), `reporter`
    (`patient`, `physician`, `pharmacist`, `health-professional`; null), and what a form said outright: `age_years`
    (number), `sex` (`f`, `m`), `drug_started_on`, `reaction_started_on` (ISO dates), `over` (`yes`, `no`); then
    `terminology_system` (`CTCAE`, `MedDRA`; null: none loaded), `terminology_edition`, `terminology_digest`,
    `medicines_edition` (null: none loaded), `labels_edition`, `labels_licence`,
    `learned_reader` (`yes`, `missing`; null: not asked).
tables
    `note` (one row: `note_title`, `note_date`, `note_text`), `medicine` (medicines named in the text), `mention` (what
    a
    learned reader or the loaded terminology found in the text), `term` (rows of the terminology), `frequency` (rows of
    labels). Span evidence points into `note`, row 0.

Every finding may carry attributes; `Attribute.name` is as below, dates are ISO 8601 text and may be as short as
`2024-03`
or `2024` where no more was said. A finding that is absent was not stated; nothing is filled in.

group `suspect-drug`, `interacting-drug`, `concomitant-drug` (E2B G.k.1: 1, 3, 2)
    key `drug-1`, `drug-2`, ... (most suspect first); code the first ATC code, vocabulary `ATC`, null where none is
    known.
    attributes: `name` (canonical label; also the finding's label), `said` (the words of the text), `status` (`exact`,
    `corrected`, `ambiguous`, `unknown`, `withdrawn`), `substances` (`; ` between), `cis`, `atc` (all codes,
    `; ` between), `form`, `route`, `dose` (words), `dose-value` (number, with unit), `started`
    and `stopped` (dates), `action-taken` (`withdrawn`, `reduced`, `increased`,
    `unchanged`; E2B G.k.8: 1, 2, 3, 4), `dechallenge` (`positive`, `negative`), `rechallenge` (`positive`, `negative`;
    E2B G.k.9.i.4: 1, 2), `latency-days` (number: first dose to first reaction).
group `reaction`
    key `reaction-1`, ... (the most serious first, then in the order of the text); code the term's code, vocabulary
    `CTCAE` or `MedDRA` (a CTCAE code is a MedDRA LLT code), null where the words are known but not coded.
    attributes: `said`, `term` (the terminology's own name), `level` (`LLT`, `PT`), `pt` (code; both absent
    where the code is its own preferred term), `soc`, `onset` (date),
    `onset-words`, `outcome` (`recovered`, `recovering`, `not-recovered`, `sequelae`, `fatal`; E2B E.i.7:
    1, 2, 3, 4, 5; absent: 0 unknown), `grade` (1 to 5), `grade-basis`, `frequency` (`very-common`, `common`,
    `uncommon`, `rare`, `very-rare`), `expected` (`yes`: the labels loaded know it; else absent), `serious` (boolean).
group `seriousness`
    key one of `serious-death`, `serious-life-threatening`, `serious-hospitalisation`, `serious-disability`,
    `serious-congenital-anomaly`, `serious-other` (E2B E.i.3.2a to f); present means the criterion is proposed.
    attribute: `reactions` (keys of the reactions it is about, ` ` between; all where the text does not say).
group `patient`
    keys `patient-age` (attribute `age-years`), `patient-sex` (attribute `sex`: `f`, `m`), `patient-pregnancy`, where
    stated. What the person had before is in `set-aside` with the qualifier `history` (E2B D.7).
group `set-aside`: reactions that were read and do not count
    key `aside-1`, ...; code, vocabulary and `said` as in `reaction`; qualifiers among `negated`, `hypothesis`, `family`
    (somebody else's), `history`, `indication`, `reported`.
group `french-method` and `naranjo`: questionnaires on `drug-1` and `reaction-1`, proposed
    keys `begaud-delay`, `begaud-evolution`, `begaud-rechallenge`, `begaud-semiology`,
    `begaud-other-cause`, `begaud-test` and `begaud-score`; `naranjo-1` to `naranjo-10` and `naranjo-score`.
    Only items that the text answers are there. Attributes `answer` (`yes`, `no`; for the French method the level:
    `suggestive`, `compatible`,
    `incompatible`, ...), `points` (Naranjo). Scores: `begaud-score` has `chronology` (`C2`), `semiology` (`S1`),
    `intrinsic` (`I2`), `literature` (`B2`), `lowest` and `highest` (`I1`, `I6`: what the missing answers could make of
    it); `naranjo-score` has `total`, `lowest`, `highest`, `category` (`definite`, `probable`, `possible`, `doubtful`).
    Both scores have `drug` and `reaction` (keys). Further suspects: `begaud-score:drug-2`, `naranjo-score:drug-2`.
group `missing`: what to ask, the first first
    keys and their order in `questions.csv`; the label is the question, in words for patients.
group `doubt`: what does not fit together
    key `doubt-dates`, `doubt-dates-drug-1`, `doubt-other-person`, `doubt-drug-1`, `doubt-terminology`,
    `doubt-medicines`, `doubt-learned`, `doubt-length`
"""

from cognoscope.core.noun import Sentence
from cognoscope.core.values import Group

KIND = "adverse-reaction"
QUESTION = "declaration"

GROUPS = (
    Group(name="reaction", label=Sentence(fr="Réactions", en="Reactions")),
    Group(name="suspect-drug", label=Sentence(fr="Médicaments suspects", en="Suspect medicines")),
    Group(name="seriousness", label=Sentence(fr="Gravité", en="Seriousness")),
    Group(name="interacting-drug", label=Sentence(fr="Médicaments en interaction", en="Interacting medicines")),
    Group(name="concomitant-drug", label=Sentence(fr="Autres médicaments pris", en="Other medicines taken")),
    Group(name="doubt", label=Sentence(fr="À vérifier", en="To check")),
    Group(name="missing", label=Sentence(fr="Ce qui manque", en="What is missing")),
    Group(name="french-method", label=Sentence(fr="Imputabilité, méthode française", en="Causality, French method")),
    Group(name="naranjo", label=Sentence(fr="Imputabilité, Naranjo", en="Causality, Naranjo")),
    Group(name="patient", label=Sentence(fr="La personne", en="The person")),
    Group(name="set-aside", label=Sentence(fr="Lu, mais non retenu", en="Read, but set aside")),
)
