"""Each format gives its text; what stands around it (scripts, headers, pictures) does not."""

import pytest
from tests.intake.documents.files import LINES, column, docx, html, pdf, repacked, rtf

from cognoscope.intake.documents.reader import text_of_bytes, text_of_text

PAGE = [(60.0, 780.0 - 14 * number, line) for number, line in enumerate(LINES)]


@pytest.mark.parametrize(
    "content",
    ["\n".join(LINES).encode(), "\r\n".join(LINES).encode("cp1252"), rtf(LINES), docx(LINES), html(LINES), pdf([PAGE])],
    ids=["text", "windows", "rtf", "docx", "html", "pdf"],
)
def test_the_same_report_in_every_format(content: bytes) -> None:
    got = [line for line in text_of_bytes(content).split("\n") if line]
    assert got == list(LINES)


def test_html_is_read_as_a_person_sees_it() -> None:
    page = """<div><style>p {color: red}</style><script>if (a < b) { document.write("nom") }</script>
    <h1>Compte   rendu</h1><p>Un <b>patient</b>, vu<br>hier.<!-- caché --></p>
    <table><tr><th>Na</th><td>140</td></tr><tr><th>K</th><td>4,1</td></tr></table>
    <ul><li>repos<li>aspirine</ul><pre>a   b
c</pre>&eacute;t&eacute; &lt;38</div>"""
    assert text_of_text(page) == (
        "Compte rendu\n\nUn patient, vu\nhier.\n\nNa | 140\nK | 4,1\n\n- repos\n- aspirine\n\na b\nc\nété <38"
    )


def test_docx_tables_and_what_word_hides() -> None:
    content = docx(["Bilan"], [["Na", "140"], ["K", "4,1"]])
    hidden = repacked(
        content,
        {
            "word/document.xml": (
                '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
                "<w:p><w:r><w:t>gardé</w:t><w:tab/><w:t>aussi</w:t></w:r><w:del><w:r><w:delText>ôté</w:delText></w:r>"
                "</w:del><w:ins><w:r><w:t> ajouté</w:t></w:r></w:ins></w:p>"
                "<w:sdt><w:sdtContent><w:p><w:r><w:t>champ</w:t></w:r></w:p></w:sdtContent></w:sdt>"
                "</w:body></w:document>"
            ).encode()
        },
    )
    assert text_of_bytes(content) == "Bilan\nNa | 140\nK | 4,1"
    assert text_of_bytes(hidden) == "gardé aussi ajouté\nchamp"


def test_rtf_tables_pictures_and_unicode() -> None:
    content = (
        rb"{\rtf1\ansi Na\cell 140\cell\row{\pict\wmetafile8 0102ff}K\cell 4,1\cell\row \u8364?\u233?t\u233? {\*\x y}}"
    )
    assert text_of_bytes(content) == "Na | 140\nK | 4,1\n€été"


def test_lines_broken_by_the_paper_are_made_whole_and_others_stay() -> None:
    # Some 90 characters of Helvetica fill the line; the last of the paragraph is short.
    page = column(
        [
            "Antécédents :",
            "Le patient, suivi depuis dix ans pour une insuffisance cardiaque à fraction d'éjec-",
            "tion altérée, a été hospitalisé pour une dyspnée d'effort. Il ne prenait plus peut-",
            "être son traitement.",
            "- aspirine",
            "- furosémide",
        ]
    )
    assert text_of_bytes(pdf([page])).split("\n") == [
        "Antécédents :",
        "Le patient, suivi depuis dix ans pour une insuffisance cardiaque à fraction d'éjection altérée, a été "
        "hospitalisé pour une dyspnée d'effort. Il ne prenait plus peut-être son traitement.",
        "- aspirine",
        "- furosémide",
    ]


def test_headers_footers_and_page_numbers_go() -> None:
    pages = [
        [
            (60.0, 810.0, f"CHU de Nulleville - dossier {4711 + number}"),
            *column([f"Jour {number} : le malade va mieux.", "Apyrexie."], top=700),
            (60.0, 40.0, "Document confidentiel"),
            (500.0, 40.0, f"Page {number} / 3"),
        ]
        for number in (1, 2, 3)
    ]
    said = text_of_bytes(pdf(pages))
    assert "Nulleville" not in said and "confidentiel" not in said and "Page" not in said
    assert [line for line in said.split("\n") if line] == [
        line for number in (1, 2, 3) for line in (f"Jour {number} : le malade va mieux.", "Apyrexie.")
    ]


def test_a_sentence_goes_on_over_the_page() -> None:
    pages = [column(["Le malade est sorti avec une ordonnance de"], top=100), column(["furosémide."])]
    assert text_of_bytes(pdf(pages)) == "Le malade est sorti avec une ordonnance de furosémide."


def test_text_in_nfc_without_invisible_characters() -> None:
    assert text_of_text("He\u0301mie\u200b\u00a0droite\ufeff\u00ad  \n\n\n\nfin ") == "Hémie droite\n\nfin"


def test_right_to_left_text_stays() -> None:
    text = "المريض يعاني من الحمى\u200f (38,5)\nהחולה סובל מחום"
    assert text_of_bytes(text.encode()) == text


def test_ten_thousand_lines_of_numbers() -> None:
    lines = "\n".join(f"{number};{number * 7 % 101},{number % 10}" for number in range(10_000))
    assert text_of_bytes(lines.encode()) == lines
