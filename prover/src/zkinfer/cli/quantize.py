"""zkinfer quantize: a float ONNX model as integers, calibrated on data."""

from __future__ import annotations

from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from zkinfer.artifacts.staging import require_writable
from zkinfer.cli.arguments import ShapeOption
from zkinfer.cli.run import Run, command
from zkinfer.cli.values import parse_ranges, parse_shapes
from zkinfer.frontend.calibration import read_calibration
from zkinfer.frontend.files import atomic_write
from zkinfer_verify.errors import UsageError

if TYPE_CHECKING:
    from zkinfer.quantize.onnx.quality import OutputQuality

COMPARED = 16
"""Samples that the quantised model is compared on, at most."""


@command
def quantize(
    run: Run,
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="The float network: an .onnx file.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The .onnx file to write.")],
    calibration: Annotated[
        list[Path] | None,
        typer.Option(
            "--calibration",
            metavar="DATA",
            help="Inputs as the network will see them: .npy, .npz or .json files, or a folder; repeatable.",
        ),
    ] = None,
    shape: ShapeOption = None,
    preset: Annotated[
        str, typer.Option("--preset", help="int8; mixed: 16 bits where sums meet; int16: where no table reads.")
    ] = "int8",
    scales: Annotated[
        str, typer.Option("--scales", help="any; or pow2: powers of two, so that a requantisation is a shift.")
    ] = "any",
    method: Annotated[
        str, typer.Option("--method", help="How ranges are chosen: minmax, entropy or percentile.")
    ] = "minmax",
    per_tensor: Annotated[bool, typer.Option("--per-tensor", help="One scale for all channels of a weight.")] = False,
    integers: Annotated[
        list[str] | None,
        typer.Option(
            "--integers",
            metavar="NAME=LO..HI",
            help="What an input of integers may hold, if it is no mask of 0 and 1 and indexes no table; repeatable.",
        ),
    ] = None,
    random_calibration: Annotated[
        bool, typer.Option("--random-calibration", help="Calibrate on random numbers: the network may be of no use.")
    ] = False,
) -> None:
    """Write MODEL with 8 or 16 bit integers between its operators, as it can be proved, and say how exact it is."""
    # What only this command needs, so that the others start sooner.
    from zkinfer.quantize.onnx.quality import compare
    from zkinfer.quantize.onnx.quantizer import quantize_onnx
    from zkinfer.quantize.onnx.samples import inputs_of, random_samples, samples_of
    from zkinfer.quantize.onnx.settings import Settings

    if scales not in ("any", "pow2"):
        raise UsageError(f"--scales {scales!r} is not one of any, pow2.")
    declared = parse_ranges(integers)
    settings = Settings(preset, method, scales == "pow2", not per_tensor)
    if bool(calibration) == random_calibration:
        raise UsageError(
            "Give --calibration DATA, inputs as the network will see them; or --random-calibration, and a network that "
            "may be of no use."
        )
    require_writable(output)
    if find_spec("onnx") is None or find_spec("onnxruntime") is None:
        raise UsageError("Quantising needs onnx and onnxruntime; install them with `pip install 'zkinfer[onnx]'`.")
    from zkinfer.frontend.onnx.parse import refused
    from zkinfer.frontend.onnx.proto import read_proto

    with run.step("read"):
        proto, notes = read_proto(model, parse_shapes(shape))
        for note in notes:
            run.note(note)
        files = read_calibration(calibration or [])
        samples = samples_of(files, inputs_of(proto)) if files else random_samples(proto, declared)
    if random_calibration:
        run.note("Warning: calibrated on random numbers; the scales fit no real data.")
    with run.step("quantise"), refused(model, "it cannot be quantised"):
        result = quantize_onnx(proto, samples, settings, declared)
    with run.step("compare"), refused(model, "its quantised form does not run"):
        outputs = compare(result.prepared, result.quantised, samples[:COMPARED])
    with run.step("write"), atomic_write(output) as file:
        file.write(result.quantised.SerializeToString())
    run.result(
        {
            "model": str(output),
            "bytes": output.stat().st_size,
            "samples": len(samples),
            "outputs": [asdict(quality) for quality in outputs],
            "seconds": run.seconds,
        },
        _table(outputs),
    )


def _table(outputs: list[OutputQuality]) -> Table:
    table = Table("output", "signal to noise", "largest difference", "same largest entry", box=None)
    for quality in outputs:
        table.add_row(quality.name, f"{quality.decibels:.1f} dB", f"{quality.worst:.3g}", f"{quality.same_largest:.1%}")
    return table
