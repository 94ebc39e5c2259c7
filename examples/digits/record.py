"""python -m examples.digits.record: prove the whole test split, and write record.json and the tutorial's figures."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benches.markdown import replace_record, table
from benches.record import write_record
from examples.digits.files import write_files
from zkinfer import api
from zkinfer.artifacts.keys import Keys
from zkinfer.frontend.onnx.proto import read_proto
from zkinfer.frontend.onnx.translate import load_with_tensors
from zkinfer.quantize.onnx.network import Network
from zkinfer.quantize.onnx.quantizer import quantize_onnx
from zkinfer.quantize.onnx.samples import inputs_of, samples_of
from zkinfer.quantize.onnx.settings import Settings
from zkinfer.report.accuracy.measure import Compared
from zkinfer_verify.proof.outputs import Outputs

HERE = Path(__file__).parent
RECORD, TUTORIAL = HERE / "record.json", HERE.parents[1] / "docs" / "tutorial.md"
BATCH = 120
"""Images in one proof, of at most 256."""
CONTEXT = b"a nonce of the verifier"

Array = NDArray[Any]


def measure() -> dict[str, Any]:
    """Train, quantise, prove every test image with its ten scores, and again with the label alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder)
        images, labels = np.load(folder / "test.npy"), np.load(folder / "test_labels.npy")
        return {
            "images": len(images),
            **quantised(folder),
            "accuracy": accuracy(folder, images, labels),
            "scores": proved(api.setup(folder / "digits.int8.onnx"), images, labels),
            "label": proved(
                api.setup(folder / "digits.int8.onnx", disclosure=api.Disclosure(labels=(("logits", "argmax"),))),
                images,
                labels,
            ),
        }


def quantised(folder: Path) -> dict[str, Any]:
    """Write digits.int8.onnx as `zkinfer quantize` does."""
    proto, _ = read_proto(folder / "digits.onnx", {})
    calibration = np.load(folder / "calibration.npy")
    samples = samples_of([("calibration.npy", {"": calibration})], inputs_of(proto))
    result = quantize_onnx(proto, samples, Settings())
    (folder / "digits.int8.onnx").write_bytes(result.quantised.SerializeToString())
    return {
        "parameters": sum(array.size for array in Network(proto).constants.values()),
        "calibration_images": len(samples),
    }


def accuracy(folder: Path, images: Array, labels: Array) -> dict[str, Any]:
    """Compare float, quantised and proved integers on the test images, as `zkinfer accuracy` does."""
    network, tensors = load_with_tensors(folder / "digits.int8.onnx")
    proto, _ = read_proto(folder / "digits.int8.onnx", {})
    original, _ = read_proto(folder / "digits.onnx", {})
    samples = samples_of([("test.npy", {"": images})], inputs_of(proto))
    compared = Compared(network, tensors, proto, original)
    (answers,) = compared.answers(samples, labels.tolist(), lambda count: None)
    return {"right": dict(answers.right), "codes": answers.whole.count, "differing_codes": answers.whole.differing}


def proved(keys: Keys, images: Array, labels: Array) -> dict[str, Any]:
    """Prove one image, then all in batches; every proof is verified, and judged by what it shows."""
    alone = one_proof(keys, images[0])
    right, proofs = 0, []
    for start in range(0, len(images), BATCH):
        part = images[start : start + BATCH]
        proof = one_proof(api.batch(keys, len(part)), part)
        right += int((answered(proof.pop("outputs")) == labels[start : start + BATCH]).sum())
        proofs.append(proof)
    alone.pop("outputs")
    return {
        "statement_bytes": len(keys.statement.to_bytes()),
        "one": alone,
        "all": {
            "right": right,
            "proofs": len(proofs),
            **{name: sum(proof[name] for proof in proofs) for name in ("seconds", "verify_seconds", "bytes")},
        },
    }


def one_proof(keys: Keys, images: Array) -> dict[str, Any]:
    """Prove and verify; a proof that is rejected raises."""
    start = time.perf_counter()
    proof = api.prove(keys, images, CONTEXT).to_bytes()
    done = time.perf_counter()
    outputs = api.verify(keys.statement, proof, context=CONTEXT, expect=keys.statement.digest)
    return {
        "outputs": outputs,
        "seconds": done - start,
        "verify_seconds": time.perf_counter() - done,
        "bytes": len(proof),
    }


def answered(outputs: Outputs) -> Array:
    """Return the digit that an accepted proof shows for each image: the label, or the place of the largest score."""
    (shown,) = outputs.tensors
    entries = np.reshape(shown.integers, (-1, shown.dims[-1] if shown.name == "logits" else 1))
    return entries.argmax(axis=1) if entries.shape[1] > 1 else entries[:, 0]


def figures(record: dict[str, Any]) -> dict[str, str]:
    """Return what stands between the marks of the tutorial."""
    return {"accuracy": "\n".join(_accuracy(record)), "proofs": _proofs(record)}


def _accuracy(record: dict[str, Any]) -> Iterator[str]:
    count, found = record["images"], record["accuracy"]
    names = {
        "float": "float32, by onnxruntime",
        "quantised": "int8, by onnxruntime",
        "proved": "the integers that are proved, by our executor",
    }
    shares = {text: found["right"][name] for name, text in names.items()}
    shares["scores that accepted proofs show"] = record["scores"]["all"]["right"]
    shares["labels that accepted proofs show, alone"] = record["label"]["all"]["right"]
    yield table(
        ["the test images", "right", f"of {count}"],
        [(name, f"{right / count:.1%}", str(right)) for name, right in shares.items()],
    )
    yield ""
    yield f"Of {found['codes']:,} output codes, {found['differing_codes']} differ from onnxruntime's."


def _proofs(record: dict[str, Any]) -> str:
    rows: list[Sequence[str]] = []
    for shown, name in (("ten scores", "scores"), ("the label", "label")):
        for count, proofs, part in (
            ("1", 1, record[name]["one"]),
            (str(record["images"]), record[name]["all"]["proofs"], record[name]["all"]),
        ):
            seconds = (f"{part['seconds']:.2f} s", f"{part['verify_seconds']:.2f} s")
            rows.append((shown, count, str(proofs), *seconds, f"{part['bytes']:,}"))
    machine = record["machine"]
    load = f"load {record['load_before']:.1f} before"
    where = f"{machine['processor']}, {machine['cores']} cores, {load}, {record['measured']}."
    return "\n\n".join([table(["shown", "images", "proofs", "prove", "verify", "bytes"], rows), where])


def write_figures(record: dict[str, Any], page: Path = TUTORIAL) -> None:
    """Bring the tutorial up to date with a record."""
    text = page.read_text(encoding="utf-8")
    for name, part in figures(record).items():
        text = replace_record(text, name, part)
    page.write_text(text, encoding="utf-8")


def main() -> None:
    """Measure, or with --page write the tutorial's figures from the record that there is."""
    parser = argparse.ArgumentParser(prog="python -m examples.digits.record", description=__doc__)
    parser.add_argument("--page", action="store_true", help="write the tutorial's figures again, without measuring")
    record = json.loads(RECORD.read_text()) if parser.parse_args().page else write_record(RECORD, measure())
    write_figures(record)


if __name__ == "__main__":
    main()
