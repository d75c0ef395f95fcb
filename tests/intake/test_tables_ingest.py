"""`ingest table`: every line of a hospital's file is written or quarantined, whatever state the file is in."""

import gzip
from datetime import UTC, date, datetime, time

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cognoscope.core.errors import InvalidInput
from cognoscope.intake import keys
from cognoscope.intake.mapping import read_mapping
from cognoscope.intake.tables import ingest_table
from cognoscope.intake.warehouse import open_warehouse

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAILY = """
table = "site_count"
decimal = ","
[columns]
site = { constant = "adultes" }
step = { constant = "day" }
timestamp = { column = "Jour", format = "%d/%m/%Y" }
arrivals = { column = "Passages", zero_means_missing = true, missing = ["n/c", "-"] }
admissions = "Hospitalisations"
"""


@pytest.fixture
def warehouse(home):
    keys.create(home)
    return open_warehouse(home)


@pytest.fixture
def take(warehouse, tmp_path):
    def ingest(content, mapping=None, name="export.csv", at=AT):
        path = tmp_path / name
        if isinstance(content, str):
            content = content.encode()
        if content is not None:
            path.write_bytes(content)
        read = None
        if mapping is not None:
            (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
            read = read_mapping(str(tmp_path / "m.toml"))
        done = ingest_table(path, read, warehouse, at)
        assert done.read == done.written + done.quarantined
        return done

    return ingest


def rows(warehouse, table, *columns):
    backend = warehouse.connect()
    try:
        return sorted(tuple(row.values()) for row in backend.table(table).select(*columns).to_pyarrow().to_pylist())
    finally:
        backend.disconnect()


def reasons(warehouse):
    return dict(rows(warehouse, "quarantine", "line", "kind"))


def local(day, hour=0):
    """A time of February 2025 on the hospital's clock."""
    return datetime.combine(date(2025, 2, day), time(hour))


def test_counts_need_no_mapping_and_days_are_told_from_hours(take, warehouse):
    text = (
        "site;timestamp;arrivals;admissions\n"
        "A;01/02/2025;12;\n"
        "A;02/02/2025;0;3\n"
        "B;01/02/2025 13:00;5;1\n"
        "B;2025-02-01T12:00:00Z;6;1\n"
        "B;02/02/2025 00:00;7;1\n"
    )
    # B's second row is 13:00 in Paris, the same hour as its first.
    done = take(text)
    assert (done.written, done.quarantined) == (4, 1)
    assert rows(warehouse, "site_count", "site", "timestamp", "step", "arrivals", "admissions") == [
        ("A", local(1), "day", 12, None),
        ("A", local(2), "day", 0, 3),
        ("B", local(1, 13), "hour", 5, 1),
        ("B", local(2), "hour", 7, 1),
    ]
    assert reasons(warehouse) == {5: "duplicate"}


def test_what_cannot_be_used_is_quarantined_with_its_line_and_without_its_content(take, warehouse):
    text = (
        "site,timestamp,arrivals\n"
        "A,2025-02-01,12\n"
        "A,2025-02-02,-3\n"
        "A,2025-02-03,twelve\n"
        "A,2025-02-04,12.5\n"
        "A,2025-02-30,12\n"
        ",2025-02-05,12\n"
        "A,2026-11-21,4\n"  # the day is not over
        "A,2027-01-01,4\n"
        "A,2025-02-06\n"
        "A,2025-02-07,1,2\n"
        "A,2025-02-01,13\n"
        "A,2025-02-08,99999999999999999999\n"
        "A,2025-02-09,5000000\n"
        'A,2025-02-10,"5\n'
        "A,2025-02-11,\n"
        "A,2025-02-12,7\n"
    )
    take(text)
    assert reasons(warehouse) == {
        3: "range", 4: "type", 5: "type", 6: "date", 7: "missing", 8: "future", 9: "future", 10: "row", 11: "row",
        12: "duplicate", 13: "type", 14: "range", 15: "row",
    }  # fmt: skip
    # Not transmitted stays unknown; it never becomes zero.
    assert rows(warehouse, "site_count", "timestamp", "arrivals") == [
        (local(1), 12),
        (local(11), None),
        (local(12), 7),
    ]
    said = " ".join(reason for (reason,) in rows(warehouse, "quarantine", "reason"))
    assert "twelve" not in said


def test_a_corrected_count_replaces_the_earlier_one_and_the_same_file_counts_once(take, warehouse):
    first = "site,timestamp,arrivals\nA,2025-02-01,12\nA,2025-02-02,14\n"
    assert take(first).new
    again = take(first)
    assert not again.new
    assert again.written == 2
    take("site,timestamp,arrivals\nA,2025-02-02,15\n")
    assert rows(warehouse, "site_count", "timestamp", "arrivals") == [
        (local(1), 12),
        (local(2), 15),
    ]
    assert not take(first).new
    assert rows(warehouse, "site_count", "arrivals") == [(12,), (15,)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_are_recognised(take, warehouse, encoding, separator):
    text = "site;site_name;timestamp;arrivals\nH1;Hôpital d’été;03/02/2025;12\n"
    if encoding == "latin-1":
        text = text.replace("’", "'")
    take(text.replace(";", separator).encode(encoding))
    ((name, count),) = rows(warehouse, "site_count", "site_name", "arrivals")
    assert name.startswith("Hôpital d") and name.endswith("été")
    assert count == 12


def test_a_few_broken_bytes_in_utf8_cost_their_lines_only(take, warehouse):
    text = "site,site_name,timestamp,arrivals\nA,été,2025-02-01,1\nB,XX,2025-02-01,2\nC,ok,2025-02-01,3\n"
    take(text.encode().replace(b"XX", b"\xe9t\xe9"))
    assert rows(warehouse, "site_count", "site", "site_name") == [("A", "été"), ("C", "ok")]
    assert reasons(warehouse) == {3: "encoding"}


def test_a_french_mapping_zeros_that_mean_missing_and_spaces_in_numbers(take, warehouse):
    text = "Jour;Passages;Hospitalisations\n01/02/2025;1 204;12,0\n02/02/2025;0;\n03/02/2025;n/c;1\n04/02/2025;1.5;1\n"
    take(text, DAILY)
    assert rows(warehouse, "site_count", "site", "timestamp", "arrivals", "admissions") == [
        ("adultes", local(1), 1204, 12),
        ("adultes", local(2), None, None),
        ("adultes", local(3), None, 1),
    ]
    assert reasons(warehouse) == {5: "type"}


def test_excel_and_parquet_say_the_same_as_text(take, warehouse, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Jour", "Passages", "Hospitalisations"])
    sheet.append([local(1), 204, 12.0])
    sheet.append(["02/02/2025", 0, None])
    sheet.append([None, None, None])
    sheet.append([date(2025, 2, 3), 1.5, 1])
    book.save(tmp_path / "counts.xlsx")
    done = take(None, DAILY, "counts.xlsx")
    assert (done.read, done.quarantined) == (3, 1)
    assert reasons(warehouse) == {5: "type"}
    table = pa.table({"site": ["P", "P"], "timestamp": [date(2025, 2, 1), date(2025, 2, 2)], "arrivals": [1.0, None]})
    pq.write_table(table, tmp_path / "counts.parquet")
    take(None, name="counts.parquet")
    assert rows(warehouse, "site_count", "site", "timestamp", "arrivals") == [
        ("P", local(1), 1),
        ("P", local(2), None),
        ("adultes", local(1), 204),
        ("adultes", local(2), None),
    ]


PERSONAL = """
table = "measurement"
person = "IPP"
separator = ";"
decimal = ","
[columns]
measurement_date = { column = "Date", format = "%d/%m/%Y" }
value_as_number = "Valeur"
unit_source_value = "Unité"
visit_occurrence_id = "NDA"
measurement_source_value = { column = "Examen", values = { "CRP" = "1988-5", "*" = "autre" } }
"""


def test_persons_become_pseudonyms_and_nothing_of_them_stays(take, warehouse):
    text = (
        "IPP;NDA;Date;Examen;Valeur;Unité\n"
        "CANARY0042;STAY77;01/02/2025;CRP;12,5;mg/L\n"
        "CANARY0042;STAY77;01/02/2025;CRP;12,5;mg/L\n"
        ";STAY78;01/02/2025;CRP;12,5;mg/L\n"
        "CANARY0043;;01/02/2025;Na;140;mmol/L\n"
        "CANARY0044;;CANARY0045;Na;CANARY0046;mmol/L\n"
    )
    done = take(text, PERSONAL)
    assert (done.written, done.quarantined) == (2, 3)
    pseudonymiser = warehouse.pseudonymiser()
    assert sorted(rows(warehouse, "measurement", "person_id", "value_as_number", "measurement_source_value")) == sorted(
        [
            (pseudonymiser.person_key("CANARY0042"), 12.5, "1988-5"),
            (pseudonymiser.person_key("CANARY0043"), 140.0, "autre"),
        ]
    )
    assert reasons(warehouse) == {3: "duplicate", 4: "missing", 6: "date"}
    for file in warehouse.folder.rglob("*"):
        if file.suffix == ".parquet":
            content = str(pq.read_table(file).to_pylist())
            assert "CANARY" not in content
            assert "STAY7" not in content


def test_dates_shift_with_the_person_where_the_setting_is_on(home, tmp_path):
    home.settings_file.write_text("date_shift = true\n")
    keys.create(home)
    warehouse = open_warehouse(home)
    (tmp_path / "m.toml").write_text(PERSONAL, encoding="utf-8")
    text = "IPP;NDA;Date;Examen;Valeur;Unité\n" + "".join(f"P{n};;01/02/2025;CRP;1;mg/L\n" for n in range(20))
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    ingest_table(tmp_path / "x.csv", read_mapping(str(tmp_path / "m.toml")), warehouse, AT)
    days = {day for (day,) in rows(warehouse, "measurement", "measurement_date")}
    assert len(days) > 5
    assert all(abs((day - date(2025, 2, 1)).days) <= 182 for day in days)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "e.csv", "holds no heading"),
        (b"\n\n\n", "e.csv", "holds no heading"),
        (b"\x00\x01\x02\xff" * 100, "e.csv", "is not text in"),
        (b"PK\x03\x04broken", "e.xlsx", "not an Excel workbook"),
        (b"PAR1broken", "e.parquet", "not a readable Parquet"),
        (b"\xd0\xcf\x11\xe0old", "e.xls", "old Excel workbook"),
        (b"\x1f\x8b\x08broken", "e.csv.gz", "holds no heading"),
        (b"jour,passages\n2025-01-01,3\n", "e.csv", "it has: jour, passages"),
        (b"DUPONT,1950-01-01,12\n", "e.csv", "its first line holds values"),
    ],
)
def test_an_unusable_file_gets_one_sentence_and_nothing_is_written(take, warehouse, content, name, said):
    with pytest.raises(InvalidInput, match=said) as caught:
        take(content, name=name)
    assert "\n" not in str(caught.value)
    assert "DUPONT" not in str(caught.value)
    assert not any(warehouse.counts().values())


def test_a_missing_file_and_a_folder_get_a_sentence(take, tmp_path, warehouse):
    with pytest.raises(InvalidInput, match="There is no file"):
        ingest_table(tmp_path / "none.csv", None, warehouse, AT)
    with pytest.raises(InvalidInput, match="is a folder"):
        ingest_table(tmp_path, None, warehouse, AT)


def test_a_truncated_archive_keeps_what_can_be_read_and_says_where_it_breaks_off(take, warehouse):
    text = "site,timestamp,arrivals\n" + "".join(f"S{n},2025-02-01,{n}\n" for n in range(20_000))
    packed = gzip.compress(text.encode())
    done = take(packed[: len(packed) // 2], name="cut.csv.gz")
    assert 0 < done.written < 20_000
    assert "file" in reasons(warehouse).values()


def test_one_line_without_end_is_rejected_and_the_next_one_read(take, warehouse):
    take(b"site,timestamp,arrivals\nA,2025-02-01," + b"9" * 5_000_000 + b"\nB,2025-02-01,3\n")
    assert rows(warehouse, "site_count", "site", "arrivals") == [("B", 3)]
    assert reasons(warehouse) == {2: "encoding"}


def test_many_rows_are_taken_in_parts(take, warehouse):
    text = "site,timestamp,arrivals\n" + "".join(f"S{n % 60_000},2025-02-01,{n % 7}\n" for n in range(120_000))
    done = take(text)
    assert (done.written, done.quarantined) == (60_000, 60_000)
    assert warehouse.counts()["site_count"] == 60_000
    assert warehouse.counts()["quarantine"] == 60_000


def test_weather_may_lie_in_the_future_and_weeks_may_not(take, warehouse):
    weather = (
        'table = "daily_weather"\n[columns]\nsite = { constant = "A" }\ndate = "day"\n'
        'temperature_max = "tmax"\nprecipitation = "rr"\n'
    )
    take("day,tmax,rr\n2026-11-24,12.5,0\n2026-11-25,200,0\n2026-11-26,10,-1\n", weather)
    assert rows(warehouse, "daily_weather", "date", "temperature_max") == [(date(2026, 11, 24), 12.5)]
    weeks = "# comment\nweek,indicator,inc100,geo_insee\n202646,3,25,FR\n202702,3,1,FR\n202645,9,1,FR\n202644,7,-,FR\n"
    (path := warehouse.home.path / "w.csv").write_text(weeks)
    done = ingest_table(path, read_mapping("sentinelles"), warehouse, AT)
    assert (done.written, done.quarantined) == (2, 2)
    assert rows(warehouse, "weekly_incidence", "indicator", "week_start", "published_on", "per_100000") == [
        ("gastroenteritis", date(2026, 10, 26), date(2026, 11, 8), None),
        ("influenza", date(2026, 11, 9), date(2026, 11, 22), 25.0),
    ]


def test_a_damaged_workbook_or_parquet_file_gets_a_sentence(take, tmp_path):
    book = openpyxl.Workbook()
    for number in range(200):
        book.active.append([f"site{number}", "timestamp", number])
    book.save(tmp_path / "whole.xlsx")
    pq.write_table(pa.table({"site": [f"A{n}" for n in range(5000)]}), tmp_path / "whole.parquet")
    for name in ("whole.xlsx", "whole.parquet"):
        content = (tmp_path / name).read_bytes()
        for cut in range(8, len(content), len(content) // 25):
            spoilt = content[:cut] + bytes(64) + content[cut + 64 :]
            for broken in (content[:cut], spoilt):
                with pytest.raises(InvalidInput) as caught:
                    take(broken, name=name)
                assert "\n" not in str(caught.value)


def test_the_sheet_is_chosen_by_name_and_a_wrong_size_hides_nothing(take, warehouse, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"
    sheet = book.create_sheet("Passages")
    sheet.append(["Exporté le 3 février"])
    sheet.append(["Jour", "Passages", "Hospitalisations"])
    sheet.append(["01/02/2025", 3, 1])
    book.save(tmp_path / "two.xlsx")
    mapping = DAILY.replace("[columns]", 'sheet = "Passages"\nskip_lines = 1\n[columns]')
    assert take(None, mapping, "two.xlsx").written == 1
    with pytest.raises(InvalidInput, match="it has Lisez-moi, Passages"):
        take(None, mapping.replace('"Passages"\nskip', '"Feuil1"\nskip'), "two.xlsx")
