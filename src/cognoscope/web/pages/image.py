"""The pixels of a proposal's case for the viewer, frame by frame or as a volume, and the page that turns a volume."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from cognoscope.core.case import Case, CaseImage
from cognoscope.core.image_value import ImageValue, Overlay
from cognoscope.core.queries import reviews
from cognoscope.web import words
from cognoscope.web.blind import must_read_first
from cognoscope.web.image_view import amendments, classes_drawn, every_overlay
from cognoscope.web.image_words import image_label
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.pages.proposal import Digest, Found, Reader, find
from cognoscope.web.permissions import Permission, allowed, may_review
from cognoscope.web.pixels_sent import PIXELS, frame_bytes, packed
from cognoscope.web.recall import read_case
from cognoscope.web.security import NotPermitted
from cognoscope.web.session import Person
from cognoscope.web.volumes import affine_of, nifti, reduced

router = APIRouter(prefix="/proposals/{digest}")
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Key = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]
Content = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Frame = Annotated[int, Path(ge=0, le=100_000)]


@router.get("/images/{image}/frames/{frame}")
def image_frame(page: CurrentPage, person: Reader, digest: Digest, image: Name, frame: Frame) -> Response:
    """One frame of an image of the case."""
    found = _found_image(page, person, find(page, person, digest), image)
    if frame >= found.raster.frames:
        raise HTTPException(404)
    accepted = page.request.headers.get("accept-encoding", "")
    return packed(frame_bytes(PIXELS.array(found.raster), frame), accepted)


@router.get("/overlays/{key}/{content}/frames/{frame}")
def overlay_frame(
    page: CurrentPage, person: Reader, digest: Digest, key: Key, content: Content, frame: Frame
) -> Response:
    """One frame of an overlay, as proposed or as somebody repainted it: `content` says which."""
    overlay = _found_overlay(page, person, find(page, person, digest), key, content)
    if frame >= overlay.raster.frames:
        raise HTTPException(404)
    accepted = page.request.headers.get("accept-encoding", "")
    return packed(frame_bytes(PIXELS.array(overlay.raster), frame), accepted)


@router.get("/volumes/{image}")
def volume(page: CurrentPage, person: Reader, digest: Digest, image: Name) -> Response:
    """A stack of slices in three dimensions, with its overlays."""
    found = find(page, person, digest)
    shown = _found_image(page, person, found, image)
    if shown.raster.frames < 2 or len(shown.raster.shape) != 3:
        raise HTTPException(404)
    value = found.made.proposal.value
    hidden = _must_read_first(page, person, found)
    over = []
    if isinstance(value, ImageValue) and not hidden:
        stands = amendments(reviews(page.services.ledger, digest))
        over = [
            (one, stands.overlay(one).raster.content, classes_drawn(value, one, page.language))
            for one in value.overlays
            if one.image == image and one.kind == "segmentation"
        ]
    return page.render(
        "pages/volume.html",
        proposal=found.made.proposal,
        image=shown,
        label=image_label(shown, page.language),
        overlays=[
            {
                "key": one.key,
                "label": words.say(one.label, page.language),
                "url": f"/proposals/{digest}/volumes/{image}/{one.key}/{content}",
                "classes": classes,
            }
            for one, content, classes in over
        ],
        steps=reduced(shown.raster.shape),
    )


@router.get("/volumes/{image}/image.nii")
def volume_image(page: CurrentPage, person: Reader, digest: Digest, image: Name) -> Response:
    """The stack as NIfTI-1, fewer pixels where it is large."""
    shown = _found_image(page, person, find(page, person, digest), image)
    if len(shown.raster.shape) != 3:
        raise HTTPException(404)
    return packed(nifti(PIXELS.array(shown.raster), affine_of(shown)), page.request.headers.get("accept-encoding", ""))


@router.get("/volumes/{image}/{key}/{content}")
def volume_overlay(
    page: CurrentPage, person: Reader, digest: Digest, image: Name, key: Key, content: Content
) -> Response:
    """An overlay of the stack as NIfTI-1, on the grid of the stack's."""
    found = find(page, person, digest)
    shown = _found_image(page, person, found, image)
    overlay = _found_overlay(page, person, found, key, content)
    accepted = page.request.headers.get("accept-encoding", "")
    return packed(nifti(PIXELS.array(overlay.raster), affine_of(shown)), accepted)


def _case(page: Page, person: Person, found: Found) -> Case:
    """The case whose pixels this role may see; the look is noted, once an hour for all slices.

    Raises:
        HTTPException: the case was erased.
        NotPermitted: the role sees no images.
    """
    if not allowed(person.role, Permission.READ_IMAGE):
        raise NotPermitted(person, Permission.READ_IMAGE)
    case = read_case(page.services.ledger, found.made.proposal.case_digest)
    if case is None:
        raise HTTPException(404)
    at = page.services.clock()
    if page.services.looks.is_new(at, person.actor.id, case.digest):
        page.services.access_log.record(person.actor, "case_images", case.subject, at)
    return case


def _found_image(page: Page, person: Person, found: Found, name: str) -> CaseImage:
    image = _case(page, person, found).image(name)
    if image is None:
        raise HTTPException(404)
    return image


def _found_overlay(page: Page, person: Person, found: Found, key: str, content: str) -> Overlay:
    _case(page, person, found)
    value = found.made.proposal.value
    if not isinstance(value, ImageValue) or _must_read_first(page, person, found):
        raise HTTPException(404)
    known = every_overlay(value, key, reviews(page.services.ledger, found.made.proposal.digest))
    overlay = next((one for one in known if one.raster.content == content), None)
    if overlay is None:
        raise HTTPException(404)
    return overlay


def _must_read_first(page: Page, person: Person, found: Found) -> bool:
    proposal = found.made.proposal
    if not may_review(person.role, found.application.card):
        return False
    return must_read_first(page.services, person, proposal, lambda: reviews(page.services.ledger, proposal.digest))
