"""Declarations from files and documents, labels and their frequencies, the centre's answers, dates in words."""

import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.apps.pharmacy.reactions import cases as samples

from cognoscope.apps.pharmacy.reactions.app import APPLICATION, propose
from cognoscope.apps.pharmacy.reactions.case import build_case
from cognoscope.apps.pharmacy.reactions.case_file import read_declarations
from cognoscope.apps.pharmacy.reactions.case_warehouse import cases_from_warehouse
from cognoscope.apps.pharmacy.reactions.chronology import dates_of, lapses_of
from cognoscope.apps.pharmacy.reactions.declaration import Declaration
from cognoscope.apps.pharmacy.reactions.documents import is_answer, is_declaration
from cognoscope.apps.pharmacy.reactions.evaluate import evaluate, layout_of
from cognoscope.apps.pharmacy.reactions.tokens import tokens_of
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.values import TextValue
from cognoscope.intake.knowledge.labels import LABELS, class_of, load
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.intake.warehouse import open_warehouse


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("le 03/02/2024 puis le 2024-02-06", ["2024-02-03", "2024-02-06"]),
        ("le 10 mars 2024 et le 1er avril 2024", ["2024-03-10", "2024-04-01"]),
        ("on March 10, 2024", ["2024-03-10"]),
        ("en mars 2024", ["2024-03"]),
        ("le 45/13/2024, le 12 doses", []),
    ],
)
def test_dates(text: str, dates: list[str]) -> None:
    assert [one.date for one in dates_of(text, tokens_of(text))] == dates


@pytest.mark.parametrize(
    ("text", "days", "kind"),
    [
        ("trois jours après", 3, "after"),
        ("au bout de deux semaines", 14, "after"),
        ("depuis 15 jours", 15, "since"),
        ("two weeks ago", 14, "ago"),
        ("il y a un mois", 30, "ago"),
        ("le lendemain", 1, "after"),
    ],
)
def test_lapses(text: str, days: float, kind: str) -> None:
    assert [(one.days, one.kind) for one in lapses_of(tokens_of(text))] == [(days, kind)]


class TestFile:
    """Declarations in files."""

    def test_json_lines_and_lists(self, tmp_path: Path) -> None:
        one = {"report": "r1", "text": samples.WORDS, "age_years": 41, "pseudonymised": True}
        file = tmp_path / "d.jsonl"
        file.write_text(
            json.dumps(one) + "\n" + json.dumps({"text": "", "pseudonymised": True}) + "\n", encoding="utf-8"
        )
        first, second = read_declarations(file)
        assert (first.key, first.age_years, second.key) == ("r1", 41, "declaration2")

    def test_identities_are_taken_out(self, tmp_path: Path) -> None:
        pytest.importorskip("onnxruntime", reason="taking identities out needs the extra text")
        file = tmp_path / "d.txt"
        file.write_text(f"Mme Jeanne Dupontel, tél 06 12 34 56 78.\n{samples.WORDS}", encoding="utf-8")
        (declared,) = read_declarations(file)
        assert "Dupontel" not in declared.text and "06 12" not in declared.text and "ibuprofène" in declared.text

    @pytest.mark.parametrize(
        "content", ["{", "[1, 2]", '{"text": 3}', '{"words": "x"}', '{"text": "x", "age_years": 900}', "\x00\x01"]
    )
    def test_what_is_no_declaration_is_refused_in_a_sentence(self, tmp_path: Path, content: str) -> None:
        file = tmp_path / "d.json"
        file.write_text(content, encoding="utf-8")
        with pytest.raises(InvalidInput, match=r"d\.json"):
            read_declarations(file)

    def test_two_of_one_name(self, tmp_path: Path) -> None:
        file = tmp_path / "d.json"
        file.write_text(json.dumps([{"report": "a", "text": "", "pseudonymised": True}] * 2), encoding="utf-8")
        with pytest.raises(InvalidInput, match="same name"):
            read_declarations(file)

    @settings(max_examples=40, deadline=None)
    @given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
    def test_any_file_is_read_or_refused(self, content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
        file = tmp_path_factory.mktemp("fuzz") / "d.json"
        file.write_bytes(content)
        try:
            read_declarations(file)
        except InvalidInput as error:
            assert str(file) in str(error)


class TestLabels:
    """Frequencies of labels."""

    def labels(self, folder: Path, content: str) -> Knowledge:
        file = folder / "labels.csv"
        file.write_text(content, encoding="utf-8")
        knowledge = Knowledge(folder / "kept", samples.knowledge().reference)
        knowledge.keep(LABELS, load(file), samples.AS_OF)
        return knowledge

    def test_expectedness_and_class_come_with_their_rows(self, tmp_path: Path) -> None:
        knowledge = self.labels(
            tmp_path, "substance,term,frequency\nciprofloxacine,Urticaire,peu fréquent\nciprofloxacine,Malaise,2 %\n"
        )
        case = build_case(Declaration("R", samples.NOTE), knowledge, samples.AS_OF)
        assert case.fact("labels_edition") == "labels"
        (proposal,) = propose(case)
        assert isinstance(proposal.value, TextValue)
        said = {
            one.label.fr: {each.name: each.value for each in one.attributes}
            for one in proposal.value.findings
            if one.group == "reaction"
        }
        assert (said["Urticaire"]["frequency"], said["Urticaire"]["expected"]) == ("uncommon", "yes")
        assert said["Malaise"]["frequency"] == "common"

    def test_without_labels_nothing_is_said(self) -> None:
        (proposal,) = propose(samples.case_of(samples.NOTE))
        assert isinstance(proposal.value, TextValue)
        assert not [
            each for one in proposal.value.findings for each in one.attributes if each.name in ("frequency", "expected")
        ]

    def test_sider_needs_its_names(self, tmp_path: Path) -> None:
        (tmp_path / "meddra_freq.tsv").write_text(
            "CID1\tCID2\tC1\t\t2%\t0.02\t0.02\tPT\tC1\tUrticaria\nCID1\tCID2\tC1\tplacebo\t9%\t0.09\t0.09\tPT\tC1\tRash\n",
            encoding="utf-8",
        )
        with pytest.raises(InvalidInput, match="drug_names"):
            load(tmp_path)
        (tmp_path / "drug_names.tsv").write_text("CID1\tciprofloxacin\n", encoding="utf-8")
        assert load(tmp_path).tables["frequency"].to_pylist() == [
            {
                "substance": "ciprofloxacin",
                "code": "",
                "term": "Urticaria",
                "words": "2%",
                "low": 0.02,
                "high": 0.02,
                "source": "SIDER 4.1",
            }
        ]

    @pytest.mark.parametrize(
        "content",
        [
            "a,b\n1,2\n",
            "substance,term,frequency\nx,y,often\n",
            "substance,term,frequency\n,y,0.1\n",
            "",
            "substance,term,frequency\nx,y,7\n",
        ],
    )
    def test_a_table_that_cannot_be_used_is_refused(self, tmp_path: Path, content: str) -> None:
        file = tmp_path / "labels.csv"
        file.write_text(content, encoding="utf-8")
        with pytest.raises(InvalidInput, match="labels"):
            load(file)

    @pytest.mark.parametrize(
        ("share", "name"),
        [
            (0.1, "very-common"),
            (0.0999, "common"),
            (0.01, "common"),
            (0.001, "uncommon"),
            (0.0001, "rare"),
            (0.00001, "very-rare"),
        ],
    )
    def test_cioms_classes(self, share: float, name: str) -> None:
        assert class_of(share) == name


class TestWarehouse:
    """Documents that are declarations, and the centre's answers."""

    @pytest.mark.parametrize(
        ("title", "declares", "answers"),
        [
            ("Déclaration de pharmacovigilance", True, False),
            ("Fiche effet indésirable", True, False),
            ("Avis du centre de pharmacovigilance", False, True),
            ("Lettre de sortie", False, False),
            (None, False, False),
        ],
    )
    def test_titles(self, title: str | None, declares: bool, answers: bool) -> None:
        assert (is_declaration(title), is_answer(title)) == (declares, answers)

    def test_recent_declarations_become_cases_and_answers_outcomes(self, home: Home) -> None:
        known_at = samples.happen(home)
        warehouse = open_warehouse(home)
        (case,) = cases_from_warehouse(warehouse, samples.AS_OF)
        assert case.subject == "report:note-7101" and case.as_of <= samples.AS_OF
        (first,) = propose(samples.usable()[0])
        held = {each.element: each.value for each in APPLICATION.outcomes(warehouse, [first], known_at)}
        assert held["reaction-1"] is True and held["drug-1"] is True and held["serious-hospitalisation"] is True
        assert held["reaction-2"] is False

    def test_an_answer_may_name_the_number(self, home: Home) -> None:
        text = "Déclaration EI-7K3M-Q2XD : urticaire due à l'ibuprofène."
        note = {
            "note_id": [9],
            "person_id": [5],
            "note_date": pa.array([date(2026, 11, 25)]),
            "note_title": ["Réponse de pharmacovigilance"],
            "note_text": [text],
        }
        open_warehouse(home).commit("e" * 64, 0, {"note": pa.table(note)})
        proposals = [
            propose(samples.case_of("Urticaire sous ibuprofène.", key))[0] for key in ("EI-7K3M-Q2XD", "EI-7K3M-Q2XE")
        ]
        known = APPLICATION.outcomes(open_warehouse(home), proposals, samples.AS_OF + timedelta(days=9))
        assert {each.subject for each in known} == {"report:EI-7K3M-Q2XD"}


class TestEvaluation:
    """What a folder holds decides what is judged."""

    def test_declarations(self, tmp_path: Path) -> None:
        row = {
            "text": "Urticaire, pas de fièvre.",
            "suspects": [],
            "reactions": ["Urticaria"],
            "set_aside": ["Fever"],
            "serious": [],
        }
        (tmp_path / "d.jsonl").write_text(json.dumps(row), encoding="utf-8")
        made = evaluate(tmp_path)
        figures = {each.name: each.value for each in made.metrics}
        assert (figures["reaction_f1"], figures["set_aside_f1"], made.rows) == (1.0, 1.0, 1)

    @pytest.mark.parametrize(
        ("name", "content", "layout"),
        [
            (
                "train.jsonl",
                '{"label_id": 1, "section_name": "x", "section_text": "y", "adverse_events": []}',
                "labels",
            ),
            ("task3.tsv", "1\tcould not sleep\t10022437\n", "phrases"),
            ("all_test.conll.txt", "I O\n", "spans"),
            ("rcp.jsonl", '{"id": "1", "product": "p", "section": "s", "text": "t", "entities": []}', "french"),
            ("notes.txt", "rien", None),
            ("broken.jsonl", "{", None),
            ("table.tsv", "a\tb\tc\n", None),
        ],
    )
    def test_layouts(self, tmp_path: Path, name: str, content: str, layout: str | None) -> None:
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert layout_of(tmp_path) == layout

    def test_a_folder_of_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match="no data"):
            evaluate(tmp_path)
