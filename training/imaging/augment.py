"""Images and masks as they might also have come: turned, scaled, bent, mirrored, lighter, darker, noisier.

Written on whole batches in torch: on one core, MONAI's transforms of one image at a time took longer than the network.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as f
from torch import Generator, Tensor


@dataclass(frozen=True)
class Augmentation:
    """How far an image may be changed; 0 leaves a thing as it is.

    rotation: degrees; scale: factor, both ways; stretch: logarithm of the change of proportions; shift: in halves of
    the image; bend: standard deviation of the corners of a 6 x 6 net, in halves of the image; mirror_rows,
    mirror_columns: whether; gamma, contrast: logarithms; light, noise: in units of the range 0..1; hue: logarithm of
    the gain of each colour; paste: chance that a box of another image takes the place of one (Yun et al. 2019,
    arXiv:1905.04899).
    """

    rotation: float = 20.0
    scale: float = 1.3
    stretch: float = 0.15
    shift: float = 0.1
    bend: float = 0.04
    mirror_rows: bool = False
    mirror_columns: bool = False
    gamma: float = 0.4
    contrast: float = 0.25
    light: float = 0.12
    noise: float = 0.04
    hue: float = 0.12
    paste: float = 0.0


def moved(
    images: Tensor, masks: Tensor, size: tuple[int, int], by: Augmentation, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Images (N, C, H, W) and their masks (N, 1, H, W) moved alike, at the size (height, width); what comes in is 0."""
    count = len(images)

    def drawn(low: float, high: float, *shape: int) -> Tensor:
        return torch.rand(*(shape or (count,)), generator=generator) * (high - low) + low

    angle = drawn(-by.rotation, by.rotation) * math.pi / 180
    size_by = torch.exp(drawn(-math.log(by.scale), math.log(by.scale)))
    wide = torch.exp(drawn(-by.stretch, by.stretch))
    matrix = torch.zeros(count, 2, 3)
    matrix[:, 0, 0] = angle.cos() / size_by * wide
    matrix[:, 0, 1] = -angle.sin() / size_by
    matrix[:, 1, 0] = angle.sin() / size_by
    matrix[:, 1, 1] = angle.cos() / size_by / wide
    matrix[:, :, 2] = drawn(-by.shift, by.shift, count, 2)
    for axis, mirrored in ((0, by.mirror_columns), (1, by.mirror_rows)):
        if mirrored:
            matrix[:, :, axis] *= torch.where(drawn(0, 1) < 0.5, -1.0, 1.0)[:, None]
    grid = f.affine_grid(matrix, [count, 1, *size], align_corners=False)
    bent = (drawn(0, 1) < 0.6).float()[:, None, None, None]
    net = torch.randn(count, 2, 6, 6, generator=generator) * by.bend * bent
    grid = grid + f.interpolate(net, size, mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
    return (
        f.grid_sample(images, grid, padding_mode="zeros", align_corners=False),
        f.grid_sample(masks, grid, mode="nearest", padding_mode="zeros", align_corners=False),
    )


def toned(images: Tensor, by: Augmentation, generator: Generator) -> Tensor:
    """Images in 0..1 (N, C, H, W) with other gamma, contrast, light, colour, sharpness and noise."""
    count, channels = images.shape[:2]

    def drawn(low: float, high: float, across: int = 1) -> Tensor:
        return torch.rand(count, across, 1, 1, generator=generator) * (high - low) + low

    images = images.clamp(1e-4, 1) ** torch.exp(drawn(-by.gamma, by.gamma))
    middle = images.mean((1, 2, 3), keepdim=True)
    images = (images - middle) * torch.exp(drawn(-by.contrast, by.contrast)) + middle + drawn(-by.light, by.light)
    if channels == 3:
        images = images * torch.exp(drawn(-by.hue, by.hue, 3))
    images = torch.where(drawn(0, 1) < 0.25, f.avg_pool2d(images, 3, 1, 1), images)
    amount = by.noise * drawn(0, 1) * (drawn(0, 1) < 0.5)
    return (images + torch.randn(images.shape, generator=generator) * amount).clamp(0, 1)


def pasted(images: Tensor, masks: Tensor, by: Augmentation, generator: Generator) -> tuple[Tensor, Tensor]:
    """A box of another image of the batch, with its mask, in place of one, at the chance `by.paste`."""
    if not by.paste:
        return images, masks
    rows, columns = images.shape[2:]
    others = torch.randperm(len(images), generator=generator)
    new_images, new_masks = images.clone(), masks.clone()
    for here, there in enumerate(others.tolist()):
        chance, tall, wide, down, right = torch.rand(5, generator=generator).tolist()
        if chance < by.paste:
            height, width = int(rows * (0.2 + 0.4 * tall)), int(columns * (0.2 + 0.4 * wide))
            top, left = int(down * (rows - height)), int(right * (columns - width))
            box = (slice(None), slice(top, top + height), slice(left, left + width))
            new_images[here][box] = images[there][box]
            new_masks[here][box] = masks[there][box]
    return new_images, new_masks
