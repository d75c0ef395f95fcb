"""Versions of readers: known files, and libraries that may be absent."""

from cognoscope.intake.reading.component import component
from cognoscope.intake.reading.reader_version import reader_version


def test_version_follows_files_and_libraries():
    plain = reader_version("dates_of.py")
    assert plain == reader_version("dates_of.py") != reader_version("stages.py")
    assert reader_version("dates_of*") == plain
    assert reader_version("dates_of.py", libraries=("no-such-library",)) not in (plain, reader_version())


def test_readers_are_components_of_their_name():
    for name in ("drugs", "measurements", "stages"):
        assert component(name).name == name and len(component(name).version) == 64
