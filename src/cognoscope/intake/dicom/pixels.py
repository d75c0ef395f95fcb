"""The pixels of a DICOM object as an array that means something: modality values, bright is high, colours are RGB.

DICOM PS3.3 C.7.6.3 (image pixel), C.11.1 (modality LUT), C.11.2 (window), C.7.6.16.2 (functional groups). The window
that the sender proposes is given beside the array and never burnt into it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom import decoding
from cognoscope.intake.dicom.extra import guarded
from cognoscope.intake.dicom.reading import IMPLICIT_LITTLE, NATIVE, DicomObject, check_sizes, whole_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

NO_PIXELS = "This DICOM object holds no image: it is a report, a plan or another kind of object without pixels."
UNREADABLE = "The pixels of this DICOM object cannot be read as its header describes them: it is damaged."
NO_DECODER = "The pixels of this DICOM object are compressed in a way that is not read here (a video, or one too rare)."
COMPRESSED_AT_MOST = 2 << 30
LITTLE = frozenset({IMPLICIT_LITTLE, "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"})
DESCRIBED_BY = (
    "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "Rows", "Columns", "BitsAllocated",
    "BitsStored", "HighBit", "PixelRepresentation",
)  # fmt: skip


@dataclass(frozen=True)
class Window:
    """A window that the sender proposes: centre and width in the unit of the array."""

    centre: float
    width: float


@dataclass(frozen=True)
class Pixels:
    """An image or several: `array` is frames x rows x columns, with a last axis of 3 where `colour`.

    Grey values are modality values (Hounsfield units for CT), after slope and intercept. `inverted` says that the
    sender meant low values to be bright (MONOCHROME1) and that they were reflected, so that bright is high.
    """

    array: np.ndarray
    colour: bool
    inverted: bool
    windows: tuple[Window, ...]


def pixels_of(read: DicomObject) -> Pixels:
    """The pixels of an object, in its own resolution.

    Raises:
        InvalidInput: it holds none, they are cut off or damaged, or compressed in a way that is not read here.
    """
    if not read.has_pixels:
        raise InvalidInput(NO_PIXELS)
    check_sizes(read)
    stored, photometric = stored_values(read)
    with guarded(UNREADABLE):
        return _meant(read, stored, photometric)


def _meant(read: DicomObject, stored: np.ndarray, photometric: str) -> Pixels:
    dataset = read.dataset
    if photometric == "PALETTE COLOR":
        return Pixels(_looked_up(dataset, stored), True, False, ())
    if stored.ndim == 4:
        return Pixels(stored, True, False, ())
    groups = frame_groups(dataset, read.number_of_frames)
    windows = _windows(dataset, groups[0] if groups else dataset)
    values = modality_values(stored, dataset, groups)
    if photometric != "MONOCHROME1":
        return Pixels(values, False, False, windows)
    low, high = _possible(dataset, stored)
    slope, intercept = rescale(groups[0] if groups else dataset, dataset)
    total = (low + high) * slope + 2 * intercept
    turned = tuple(Window(total - each.centre, each.width) for each in windows)
    if np.issubdtype(values.dtype, np.floating):
        return Pixels((np.float32(total) - values).astype(np.float32), False, True, turned)
    wide = int(total) - values.astype(np.int64)
    lowest, highest = int(wide.min()), int(wide.max())
    limits = np.iinfo(values.dtype)
    kind = values.dtype if limits.min <= lowest and highest <= limits.max else _integer(lowest, highest)
    return Pixels(wide.astype(kind), False, True, turned)


def stored_values(read: DicomObject) -> tuple[np.ndarray, str]:
    """Values as stored, frames x rows x columns [x 3, as RGB], and the photometric interpretation they have now."""
    dataset = read.dataset
    if read.transfer_syntax not in NATIVE:
        return _decoded(read)
    with guarded(UNREADABLE):
        shape = (read.number_of_frames, read.rows, read.columns)
        photometric = str(dataset.get("PhotometricInterpretation") or "MONOCHROME2")
        samples, bits = whole_of(dataset, "SamplesPerPixel", 1), whole_of(dataset, "BitsAllocated", 0)
        if samples == 1 and bits in (8, 16) and read.transfer_syntax in LITTLE and "PixelData" in dataset:
            kind = np.dtype(f"<{'i' if whole_of(dataset, 'PixelRepresentation', 0) else 'u'}{bits // 8}")
            flat = np.frombuffer(dataset.PixelData, kind, count=shape[0] * shape[1] * shape[2])
            return _used_bits(flat.reshape(shape), dataset), photometric
        from pydicom.pixels.decoders.base import get_decoder

        array, about = get_decoder(dataset.file_meta.TransferSyntaxUID).as_array(dataset)
        whole = shape if about["samples_per_pixel"] == 1 else (*shape, 3)
        array = array.astype(array.dtype.newbyteorder("="), copy=False)
        return array.reshape(whole), str(about["photometric_interpretation"])


def _decoded(read: DicomObject) -> tuple[np.ndarray, str]:
    dataset = read.dataset
    with guarded(UNREADABLE):
        from pydicom.pixels.decoders.base import _PIXEL_DATA_DECODERS  # the list of what can be decoded

        if read.transfer_syntax not in _PIXEL_DATA_DECODERS:
            raise InvalidInput(NO_DECODER)
        elements: dict[str, Any] = {"TransferSyntaxUID": read.transfer_syntax, "NumberOfFrames": read.number_of_frames}
        for keyword in DESCRIBED_BY:
            value = dataset.get(keyword)
            if value is not None:
                elements[keyword] = str(value) if keyword == "PhotometricInterpretation" else int(value)
        samples = int(elements.get("SamplesPerPixel", 1))
        size = read.number_of_frames * read.rows * read.columns * samples * int(elements["BitsAllocated"]) // 8
        if size > COMPRESSED_AT_MOST:
            raise InvalidInput(UNREADABLE)
        content = bytes(dataset.PixelData)
    with decoding.borrowed() as child:
        return child.decode(elements, content)


def _used_bits(stored: np.ndarray, dataset: "Dataset") -> np.ndarray:
    """Only the bits between the lowest and the highest that hold the value: old overlays lie in the others."""
    bits = stored.dtype.itemsize * 8
    used = whole_of(dataset, "BitsStored", bits) or bits
    high = whole_of(dataset, "HighBit", used - 1)
    if used >= bits or not used - 1 <= high < bits:
        return stored
    return (stored << (bits - 1 - high)) >> (bits - used)


def _looked_up(dataset: "Dataset", stored: np.ndarray) -> np.ndarray:
    from pydicom.pixels.processing import apply_color_lut

    colours = apply_color_lut(stored, dataset)[..., :3]
    if colours.dtype == np.uint16:
        return (colours >> 8).astype(np.uint8)
    return np.asarray(colours)


def frame_groups(dataset: "Dataset", frames: int) -> list["Dataset"]:
    """For each frame the values that belong to it: its own functional groups over the shared ones; [] without any."""
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    of_frames = dataset.get("PerFrameFunctionalGroupsSequence") or []
    if not shared and not of_frames:
        return []
    if of_frames and len(of_frames) != frames:
        raise InvalidInput("This multi-frame object describes another number of frames than it holds: it is damaged.")
    common = _flat(shared[0]) if shared else {}
    return [_dataset({**common, **_flat(each)}) for each in of_frames] or [_dataset(common)] * frames


def _flat(groups: "Dataset") -> dict[Any, Any]:
    """The elements inside the functional groups of one frame, by tag."""
    return {
        inner.tag: inner
        for group in groups
        if group.VR == "SQ" and group.value and len(group.value) == 1
        for inner in group.value[0]
    }


def _dataset(elements: dict[Any, Any]) -> "Dataset":
    from pydicom.dataset import Dataset

    return Dataset(elements)


def rescale(near: "Dataset", far: "Dataset") -> tuple[float, float]:
    """Slope and intercept, of a frame where it has its own, else of the object; 1 and 0 where there are none."""
    source = near if "RescaleSlope" in near else far
    slope, intercept = float(source.get("RescaleSlope") or 1.0), float(source.get("RescaleIntercept") or 0.0)
    if not np.isfinite([slope, intercept]).all() or slope == 0:
        raise InvalidInput("The values of this image cannot be computed: its slope or its intercept is no number.")
    return slope, intercept


def modality_values(stored: np.ndarray, dataset: "Dataset", groups: list["Dataset"]) -> np.ndarray:
    """Stored values become modality values: of the smallest type that holds them, float32 where slopes have a part."""
    if "ModalityLUTSequence" in dataset:
        from pydicom.pixels.processing import apply_modality_lut

        return np.asarray(apply_modality_lut(stored, dataset))
    pairs = [rescale(group, dataset) for group in groups] or [rescale(dataset, dataset)]
    if set(pairs) == {(1.0, 0.0)}:
        return stored
    if np.issubdtype(stored.dtype, np.floating) or any(part % 1 for pair in pairs for part in pair):
        factors = np.array(pairs, np.float32)[:, :, None, None]
        return np.asarray(stored.astype(np.float32) * factors[:, 0] + factors[:, 1])
    low, high = int(stored.min()), int(stored.max())
    reached = [end * int(slope) + int(intercept) for slope, intercept in pairs for end in (low, high)]
    kind = _integer(min(reached), max(reached))
    if kind.itemsize == 2 and set(pairs) == {(1.0, pairs[0][1])}:
        # In 16 bits from the start: half the memory, and what runs over on the way comes back.
        return np.asarray(stored.astype(kind) + kind.type(int(pairs[0][1])))
    wide = np.array(pairs, np.int64)[:, :, None, None]
    return np.asarray((stored.astype(np.int64) * wide[:, 0] + wide[:, 1]).astype(kind))


def _integer(low: int, high: int) -> np.dtype[Any]:
    for kind in (np.int16, np.uint16, np.int32, np.int64):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return np.dtype(kind)
    raise InvalidInput("The values of this image are too large to be computed: its slope or intercept is wrong.")


def _possible(dataset: "Dataset", stored: np.ndarray) -> tuple[int, int]:
    """The lowest and the highest value that the header allows to be stored."""
    bits = whole_of(dataset, "BitsStored", stored.dtype.itemsize * 8) or stored.dtype.itemsize * 8
    if whole_of(dataset, "PixelRepresentation", 0):
        return -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    return 0, (1 << bits) - 1


def _windows(dataset: "Dataset", near: "Dataset") -> tuple[Window, ...]:
    source = near if "WindowCenter" in near else dataset
    centres, widths = _numbers(source.get("WindowCenter")), _numbers(source.get("WindowWidth"))
    return tuple(
        Window(centre, width)
        for centre, width in zip(centres, widths, strict=False)
        if np.isfinite(centre) and np.isfinite(width) and width > 0
    )


def _numbers(value: Any) -> list[float]:
    if value is None or value == "":
        return []
    try:
        return [float(each) for each in ([value] if isinstance(value, int | float | str) else value)]
    except (TypeError, ValueError):
        return []
