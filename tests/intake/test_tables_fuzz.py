"""Whatever bytes are given: a sentence, or every record accounted for and nothing invented."""

import io
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.tables import ingest_table
from cognoscope.intake.tables_text import encoding_of, read_text
from cognoscope.intake.tables_typing import Typist, Wanted
from cognoscope.intake.warehouse import open_warehouse

cells = st.sampled_from(
    [
        "",
        "A",
        "2025-02-01",
        "01/02/2025",
        "12",
        "-3",
        "1e9",
        "0",
        '"',
        '""',
        '"a,b"',
        "\u00e9",
        "\x00",
        "'",
        "2025-13-45",
    ]
) | st.text(max_size=8)
lines = st.lists(cells, max_size=5).map(",".join)
files = st.lists(lines, max_size=12).map("\n".join).map(lambda text: text.encode("utf-8", "surrogatepass"))
broken = st.one_of(
    files,
    st.binary(max_size=200),
    files.map(lambda rest: b"site,timestamp,arrivals\n" + rest),
    files.flatmap(
        lambda rest: st.integers(0, len(rest)).map(lambda n: b"site;timestamp;arrivals\r\n" + rest[:n] + b"\xff")
    ),
)


@given(broken)
def test_the_reader_gives_rows_of_the_heading_s_width_on_rising_lines(content):
    encoding = encoding_of(io.BytesIO(content))
    try:
        chunks = list(read_text(io.BytesIO(content), "fuzz.csv", encoding))
    except InvalidInput as error:
        assert "fuzz.csv" in str(error)
        return
    for chunk in chunks:
        assert {len(column) for column in chunk.columns} == {chunk.rows}
        numbers = chunk.lines.to_pylist()
        assert numbers == sorted(set(numbers))
        assert not {each.line for each in chunk.rejected} & set(numbers)


@given(st.lists(st.tuples(st.text("ab01 ", max_size=4), st.text('c"x,\n', max_size=6)), max_size=20))
def test_what_is_well_written_is_read_back_as_it_was(pairs):
    quoted = [[value.replace('"', '""') for value in pair] for pair in pairs]
    text = "first,second\n" + "".join(f'"{one}","{two}"\n' for one, two in quoted)
    (chunk,) = read_text(io.BytesIO(text.encode()), "fuzz.csv", "utf-8-sig")
    kept = [pair for pair in pairs if any(pair)]
    assert list(zip(*(column.to_pylist() for column in chunk.columns), strict=True)) == kept
    assert not chunk.rejected


numbers = st.integers(-(10**17), 10**17).map(str) | st.floats(allow_nan=False, allow_infinity=False).map(repr)


@given(st.lists(numbers | st.text(max_size=10), min_size=1, max_size=20))
def test_a_number_is_the_one_that_was_written_or_refused(values):
    with Typist("Europe/Paris") as typist:
        lines = pa.array(range(len(values)), pa.int64())
        typed, rejected = typist.type([Wanted("x", "number", "x")], [pa.array(values, pa.string())], lines)
    refused = {each.line for each in rejected}
    for line, value in zip(typed["line"].to_pylist(), typed["x"].to_pylist(), strict=True):
        if value is None:
            assert not values[line].strip(" \t\r\n\u00a0")
        else:
            assert value == float(
                values[line].replace(" ", "").replace("\u00a0", "").replace("\u202f", "").replace("'", "")
            )
    assert refused | set(typed["line"].to_pylist()) == set(range(len(values)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken)
def test_an_ingest_ends_with_a_sentence_or_with_every_record_accounted_for(content):
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        keys.create(home)
        warehouse = open_warehouse(home)
        path = home.path / "fuzz.csv"
        path.write_bytes(content)
        try:
            done = ingest_table(path, None, warehouse, datetime(2026, 1, 1, tzinfo=UTC))
        except InvalidInput as error:
            assert "fuzz.csv" in str(error)
            assert not any(warehouse.counts().values())
            return
        counts = warehouse.counts()
        assert done.read == done.written + done.quarantined
        assert counts["site_count"] == done.written
        assert (counts["quarantine"] > 0) == (done.quarantined > 0)
