"""Text burnt into the pixels: found by its shape, and masked. Nothing is read, so no words are needed for it.

Letters are small pieces of one brightness with sharp edges, of one height, standing in a row at short distances. Thin
bright (then thin dark) structures are kept by a top-hat transform (Serra, 1982), cut at a threshold, taken apart into
connected pieces, and pieces that stand like letters in a line make a box. It takes the brightness around it.

Searched where text is put by machines: anywhere in ultrasound, in screen captures and photographs' rims; near the
edges of radiographs. CT and MR slices carry none unless their header says so or they are captures.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from cognoscope.intake.dicom.reading import DicomObject

SMALLEST, TALLEST = 5, 64
LETTERS_IN_A_LINE = 3
LETTERS_IN_THE_MIDDLE = 4
RIM = 0.25
PIECES_AT_MOST = 6_000
LARGEST_SIDE = 1_600
LETTER_WIDTH = 0.8
ON_ONE_LINE = 0.7
SAME_INK = 0.06
STEEP = 0.35
CAPTURES = "1.2.840.10008.5.1.4.1.1.7"
SEARCHED_WHOLE = frozenset({"US", "IVUS", "SC", "OT", "DOC"})
SEARCHED_AT_THE_RIM = frozenset({"CR", "DX", "MG", "RG", "XA", "RF", "IO", "PX", "ES", "XC", "OP", "DG", "GM", "NM"})


@dataclass(frozen=True)
class Box:
    """Rows and columns of a rectangle; the last ones are not part of it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Piece(Box):
    """A connected piece that could be a letter: the brightness of its brightest point, whether its edge is sharp."""

    ink: float
    sharp: bool

    @property
    def high(self) -> int:
        """Rows from top to bottom."""
        return self.bottom - self.top


def where_to_look(read: DicomObject) -> str:
    """`whole`, `rim` or `nowhere`, by the kind of the object and by what its header says."""
    said = str(read.dataset.get("BurnedInAnnotation") or "").strip().upper()
    if said == "YES" or read.sop_class.startswith(CAPTURES) or read.modality in SEARCHED_WHOLE:
        return "whole"
    return "rim" if read.modality in SEARCHED_AT_THE_RIM else "nowhere"


def masked(frames: np.ndarray, look: str, seen: np.ndarray | None = None) -> tuple[np.ndarray, int]:
    """The frames (frames x rows x columns [x 3]) with the text masked, and how many lines of text there were.

    What stands still is looked for once: in the brightest and the darkest value of each pixel over the frames.

    Args:
        frames: the stored values.
        look: what `where_to_look` gave.
        seen: the same frames as they are looked at, where stored values are numbers of colours.
    """
    if look == "nowhere":
        return frames, 0
    seen = frames if seen is None else seen
    views = [seen[0]]
    if len(seen) > 1:
        views += [seen[-1], seen[len(seen) // 2], seen.max(axis=0), seen.min(axis=0)]
    boxes = _merged([box for view in views for box in text_boxes(_grey(view), look)])
    if not boxes:
        return frames, 0
    clean = frames.copy()
    for box in boxes:
        for frame in clean:
            frame[box.top : box.bottom, box.left : box.right] = _around(frame, box)
    return clean, len(boxes)


def text_boxes(grey: np.ndarray, look: str = "whole") -> list[Box]:
    """Boxes around lines of text in an image of rows x columns, values from 0 to 1.

    Args:
        grey: the image.
        look: `whole`, or `rim` for the outer quarter of each side only.
    """
    shrink = -(-max(grey.shape) // LARGEST_SIDE)
    found: list[Box] = []
    for image in (grey, 1.0 - grey):
        small = _shrunk(image, shrink)
        for tallest in (16, TALLEST):
            if min(small.shape) > tallest // 2:
                found += _lines(_pieces(small, tallest), small.shape, look)
    # One pixel of a shrunk image is several of the whole one.
    whole = [Box(*(each * shrink for each in (box.top, box.left, box.bottom, box.right))) for box in found]
    return _merged([Box(b.top, b.left, min(b.bottom, grey.shape[0]), min(b.right, grey.shape[1])) for b in whole])


def _shrunk(image: np.ndarray, times: int) -> np.ndarray:
    """The brightest pixel of each square: strokes stay, where a mean would lose them."""
    if times == 1:
        return image
    rows, columns = image.shape[0] // times * times, image.shape[1] // times * times
    squares = image[:rows, :columns].reshape(rows // times, times, columns // times, times)
    return np.asarray(squares.max(axis=(1, 3)))


def _grey(frame: np.ndarray) -> np.ndarray:
    """The brightest channel, from 0 to 1 over the range that nearly all pixels have."""
    flat = frame.max(axis=-1) if frame.ndim == 3 else frame
    low, high = (float(each) for each in np.percentile(flat, (0.1, 99.9)))
    low, high = min(low, float(flat.min())) if high == low else low, max(high, low + 1e-6)
    if high - low <= 1e-6:
        high = max(float(flat.max()), low + 1e-6)
    return np.asarray(np.clip((flat.astype(np.float32) - np.float32(low)) / np.float32(high - low), 0, 1))


def _pieces(image: np.ndarray, tallest: int) -> list[Piece]:
    """Connected pieces that could be letters of up to that height."""
    # A letter's strokes are thin: opening by a square wider than a stroke, not than a letter, takes them away.
    stroke = max(5, tallest // 3 | 1)
    thin = image - ndimage.grey_opening(image, size=(stroke, stroke))
    threshold = max(0.25, float(np.percentile(thin, 99.0)) * 0.5)
    labelled, count = ndimage.label(thin > threshold, structure=np.ones((3, 3)))
    if not 0 < count <= PIECES_AT_MOST:
        return []
    pieces = []
    inks = ndimage.maximum(image, labelled, range(1, count + 1))
    for number, (rows, columns) in enumerate(ndimage.find_objects(labelled), start=1):
        high, wide = rows.stop - rows.start, columns.stop - columns.start
        if SMALLEST <= high <= tallest and wide <= 12 * high:
            share = float((labelled[rows, columns] == number).mean())
            if 0.12 <= share <= (0.95 if wide <= 2 * high else 0.7):
                sharp = _sharp(image, rows, columns, labelled, number)
                place = rows.start, columns.start, rows.stop, columns.stop
                pieces.append(Piece(*place, float(inks[number - 1]), sharp))
    return pieces


def _sharp(image: np.ndarray, rows: slice, columns: slice, labelled: np.ndarray, number: int) -> bool:
    """Whether a piece falls off steeply to what is around it, as ink does and speckle does not."""
    near = slice(max(0, rows.start - 2), rows.stop + 2), slice(max(0, columns.start - 2), columns.stop + 2)
    piece = labelled[near] == number
    ring = ndimage.binary_dilation(piece, iterations=2) & ~ndimage.binary_dilation(piece)
    if not ring.any():
        return False
    return bool(image[near][piece].mean() - image[near][ring].mean() >= STEEP)


def _lines(pieces: list[Piece], shape: tuple[int, ...], look: str) -> list[Box]:
    """Pieces that follow each other from left to right at one height, as letters do."""
    lines: list[list[Piece]] = []
    for piece in sorted((each for each in pieces if each.sharp), key=lambda each: each.left):
        for line in reversed(lines):
            if _follows(line[-1], piece):
                line.append(piece)
                break
        else:
            lines.append([piece])
    boxes = []
    for line in lines:
        box = Box(
            min(each.top for each in line),
            min(each.left for each in line),
            max(each.bottom for each in line),
            max(each.right for each in line),
        )
        at_rim = _at_rim(box, shape)
        needed = LETTERS_IN_A_LINE if at_rim else LETTERS_IN_THE_MIDDLE
        width = LETTER_WIDTH * (box.bottom - box.top)
        letters = sum(max(1, round((each.right - each.left) / width)) for each in line)
        if len(line) < 2 or letters < needed or not _level(line) or (look == "rim" and not at_rim):
            continue
        boxes.append(_padded(box, shape))
    return boxes + _beside(boxes, pieces, shape) + _further(boxes, pieces, shape)


def _further(boxes: list[Box], pieces: list[Piece], shape: tuple[int, ...]) -> list[Box]:
    """Pieces of any edge that go on where a line of text ends: letters that run into something bright."""
    found: list[Box] = []
    ends, left = list(boxes), list(pieces)
    while ends:
        box = ends.pop()
        high = box.bottom - box.top
        on_line = [
            piece
            for piece in left
            if box.top <= piece.top and piece.bottom <= box.bottom and piece.high >= 0.3 * high
            and piece.left < box.right + high and box.left < piece.right + high
            and not (box.left <= piece.left and piece.right <= box.right)
        ]  # fmt: skip
        for piece in on_line:
            left.remove(piece)
            whole = Box(box.top, piece.left, box.bottom, piece.right)
            found.append(whole)
            ends.append(whole)
    return found


def _beside(boxes: list[Box], pieces: list[Piece], shape: tuple[int, ...]) -> list[Box]:
    """Single letters at the rim, near a line of text and about as high: what is left of its neighbours."""
    found: list[Box] = []
    for piece in pieces:
        if (
            piece.sharp
            and _at_rim(piece, shape)
            and any(
                0.25 * (box.bottom - box.top) <= piece.high <= (box.bottom - box.top)
                and piece.top < box.bottom + 3 * piece.high
                and box.top < piece.bottom + 3 * piece.high
                and piece.left < box.right + 6 * piece.high
                and box.left < piece.right + 6 * piece.high
                for box in boxes
            )
        ):
            found.append(_padded(piece, shape))
    return found


def _padded(box: Box, shape: tuple[int, ...]) -> Box:
    around = max(2, round(0.35 * (box.bottom - box.top)))
    return Box(
        max(0, box.top - around),
        max(0, box.left - 2 * around),
        min(shape[0], box.bottom + around),
        min(shape[1], box.right + 2 * around),
    )


def _follows(before: Piece, after: Piece) -> bool:
    high, low = max(before.high, after.high), min(before.high, after.high)
    overlap = min(before.bottom, after.bottom) - max(before.top, after.top)
    return low > 0.5 * high and overlap > 0.5 * low and -0.3 * high <= after.left - before.right <= 1.2 * high


def _level(line: list[Piece]) -> bool:
    """Most letters of a line stand on one level, are of one height and of one ink, which spots on a tissue are not."""
    bottoms, heights, inks = (
        np.array([float(value) for value in values])
        for values in zip(*((each.bottom, each.high, each.ink) for each in line), strict=True)
    )
    high = float(np.median(heights))
    standing = (np.abs(bottoms - np.median(bottoms)) <= max(1.0, 0.12 * high)).mean()
    alike = (np.abs(heights - high) <= max(1.0, 0.3 * high)).mean()
    inked = (np.abs(inks - np.median(inks)) <= SAME_INK).mean()
    return bool(min(standing, alike, inked) >= ON_ONE_LINE)


def _at_rim(box: Box, shape: tuple[int, ...]) -> bool:
    rows, columns = shape[0] * RIM, shape[1] * RIM
    middle_row, middle_column = (box.top + box.bottom) / 2, (box.left + box.right) / 2
    return (
        middle_row < rows
        or middle_row > shape[0] - rows
        or middle_column < columns
        or middle_column > shape[1] - columns
    )


def _merged(boxes: list[Box]) -> list[Box]:
    """Overlapping boxes become one."""
    left = list(boxes)
    merged: list[Box] = []
    while left:
        box = left.pop()
        for number, other in enumerate(left):
            if box.top < other.bottom and other.top < box.bottom and box.left < other.right and other.left < box.right:
                left[number] = Box(
                    min(box.top, other.top),
                    min(box.left, other.left),
                    max(box.bottom, other.bottom),
                    max(box.right, other.right),
                )
                break
        else:
            merged.append(box)
    return sorted(merged, key=lambda each: (each.top, each.left))


def _around(frame: np.ndarray, box: Box) -> np.ndarray:
    """The usual brightness of the pixels just outside a box."""
    rows = [row for row in (box.top - 1, box.bottom) if 0 <= row < frame.shape[0]]
    columns = [column for column in (box.left - 1, box.right) if 0 <= column < frame.shape[1]]
    rim = [frame[row, box.left : box.right] for row in rows] + [frame[box.top : box.bottom, c] for c in columns]
    if not rim:
        return np.zeros_like(frame[0, 0])
    return np.asarray(np.median(np.concatenate(rim), axis=0).astype(frame.dtype))
