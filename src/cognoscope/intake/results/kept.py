"""The images kept here that a received result lies on."""

from collections.abc import Sequence
from dataclasses import dataclass

from cognoscope.core.case import CaseImage
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home


@dataclass(frozen=True)
class KeptImage:
    """An image of a case; `frames` says for each of its frames which instance (pseudonymous UID) and which frame of
    that, from 0, it was."""

    image: CaseImage
    frames: tuple[tuple[str, int], ...]


def kept_images(home: Home, study: str, instances: frozenset[str]) -> Sequence[KeptImage]:
    """The images of a study that hold at least one of these instances; none where no image was ever taken in.

    A series that is a volume is one image; of any other, each object that is asked for is one.
    """
    if not (home.images / "index.sqlite").exists():
        return ()
    from cognoscope.intake.dicom.case_images import images_of, volume_image
    from cognoscope.intake.dicom.store import ImageStore
    from cognoscope.intake.dicom.volume import read_volume

    store = ImageStore(home)
    found: list[KeptImage] = []
    for row, _ in store.index.series(study=study):
        if not instances & {each.instance for each in store.index.objects(row.series)}:
            continue
        name = f"image_{len(found) + 1}"
        try:
            volume = read_volume(store.files(row.series))
            about = {"study": study, "series": row.series, "instances": volume.sop_instance_uids}
            numbers = (number - 1 for number in volume.frame_numbers)
            frames = tuple(zip(volume.sop_instance_uids, numbers, strict=True))
            found.append(KeptImage(volume_image(volume, name).model_copy(update=about), frames))
        except InvalidInput:
            for image in images_of(store, row.series):
                if image.instances[0] in instances:
                    named = image.model_copy(update={"name": f"image_{len(found) + 1}"})
                    found.append(KeptImage(named, tuple((named.instances[0], n) for n in range(named.raster.frames))))
    return found
