"""Photographs that packages ship, as inputs of networks: crops, scaled as each network wants them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from examples.networks.download import Package, file_of
from zkinfer.graph.graph import Array

SCIKIT_IMAGE = Package("scikit-image", "0.26.0")
SCIKIT_LEARN = Package("scikit-learn", "1.9.1")
FACE = (164, 46, 284, 186)
"""Where the face of `astronaut` is: left, top, right, bottom."""


def photograph(name: str, cache: Path) -> Image.Image:
    """One of the sample images: astronaut, chelsea, coffee, page, china, flower."""
    package = SCIKIT_LEARN if name in ("china", "flower") else SCIKIT_IMAGE
    folder = "sklearn/datasets/images" if package is SCIKIT_LEARN else "skimage/data"
    ending = "jpg" if package is SCIKIT_LEARN else "png"
    return Image.open(file_of(package, f"{folder}/{name}.{ending}", cache)).convert("RGB")


def face_crops(cache: Path, count: int) -> list[Array]:
    """Faces as O-Net takes them, 48 x 48 with channels last in -1 .. 1: the first is the face, others are beside it.

    The network was trained on transposed images, as its package passes them.
    """
    image, rng = photograph("astronaut", cache), np.random.default_rng(1)
    left, top, right, bottom = FACE
    side = bottom - top
    crops = []
    for k in range(count):
        scale, shift = (1.0, np.zeros(2)) if k == 0 else (rng.uniform(0.8, 1.5), rng.uniform(-0.35, 0.35, 2) * side)
        centre = np.array([(left + right) / 2, (top + bottom) / 2]) + shift
        half = scale * side / 2
        box = (*(centre - half), *(centre + half))
        pixels = np.asarray(image.resize((48, 48), Image.Resampling.BILINEAR, box=box), dtype=np.float32)
        crops.append(((pixels - 127.5) / 128).transpose(1, 0, 2)[None])
    return crops


def scenes(cache: Path, side: int, count: int) -> list[Array]:
    """Square parts of photographs as CenterFace takes them, channels first in 0 .. 255; the first shows a face."""
    rng = np.random.default_rng(2)
    crops = []
    for k in range(count):
        image = photograph(("astronaut", "astronaut", "chelsea", "coffee", "china", "flower")[k % 6], cache)
        width, height = image.size
        size = 256 if k == 0 else int(rng.uniform(0.4, 1) * min(width, height))
        left, top = (96, 0) if k == 0 else (rng.integers(0, width - size + 1), rng.integers(0, height - size + 1))
        box = (int(left), int(top), int(left) + size, int(top) + size)
        pixels = np.asarray(image.resize((side, side), Image.Resampling.BILINEAR, box=box), dtype=np.float32)
        crops.append(pixels.transpose(2, 0, 1)[None])
    return crops


def text_lines(cache: Path, count: int) -> list[Array]:
    """Lines of a scanned page, 48 x 192 with channels first in -1 .. 1, every second one upside down."""
    page = photograph("page", cache)
    # Letters change from pixel to pixel along a row, the shadows of the page do not.
    edges = np.abs(np.diff(np.asarray(page.convert("L"), dtype=np.float64))).mean(1)
    written = np.flatnonzero(edges > 1.3 * np.median(edges))
    spans = [part for part in np.split(written, np.flatnonzero(np.diff(written) > 2) + 1) if len(part) >= 6]
    lines = []
    for k in range(count):
        top, bottom = int(spans[k % len(spans)][0]) - 2, int(spans[k % len(spans)][-1]) + 3
        left, width = 15 + 30 * (k // len(spans)), 4 * (bottom - top)
        part = page.crop((left, top, left + width, bottom)).resize((192, 48), Image.Resampling.BILINEAR)
        if k % 2:
            part = part.transpose(Image.Transpose.ROTATE_180)
        lines.append((np.asarray(part, dtype=np.float32).transpose(2, 0, 1)[None] / 255 - 0.5) / 0.5)
    return lines
