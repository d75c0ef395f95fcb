"""Without the extra `imaging` every door says which command brings it."""

from pathlib import Path

from tests.test_without_extras import cognoscope, without_extra

DOORS = """
from pathlib import Path
from cognoscope.core.errors import NotInstalled
from cognoscope.intake.dicom.images import read_image
from cognoscope.intake.dicom.nifti import read_nifti
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.dicom.volume import read_volume
for door in (read_image, read_nifti, read_object, read_volume):
    try:
        door(Path("a"))
    except NotInstalled as error:
        print(error)
"""


def test_every_door_names_the_command(home, tmp_path: Path):
    done = without_extra(DOORS, home.path)
    assert done.stdout.count("run `make imaging`") == 4, done.stderr
    (tmp_path / "a.dcm").write_bytes(b"\0" * 128 + b"DICM")
    assert cognoscope(home.path, "init").returncode == 0
    refused = cognoscope(home.path, "ingest", "dicom", str(tmp_path))
    assert refused.returncode == 1 and "run `make imaging`" in refused.stderr and "Traceback" not in refused.stderr
