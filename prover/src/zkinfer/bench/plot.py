"""Records as pictures, with matplotlib: the extra `plot` installs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from zkinfer.bench import scaling
from zkinfer.bench.record import Record
from zkinfer_verify.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Draw = Callable[["Figure", Record], None]


def require_plot(path: Path | None) -> None:
    """Say before anything is measured that a plot cannot be drawn.

    Errors: UsageError without matplotlib, or for another kind of file.
    """
    if path is None:
        return
    if path.suffix.lower() != ".png":
        raise UsageError(f"{path}: a plot is a .png file; name one.")
    try:
        import matplotlib.figure  # noqa: F401  only whether it is there
    except ImportError:
        raise UsageError("A plot needs matplotlib; install it with `pip install 'zkinfer[plot]'`.") from None


def write_plot(path: Path, draw: Draw, record: Record) -> None:
    """Draw a record into a PNG file; needs no screen."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 3.6), layout="constrained")
    draw(figure, record)
    try:
        figure.savefig(path, dpi=80)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another place.") from error


def draw_network(figure: Figure, record: Record) -> None:
    """Where the seconds of a proof go, and its bytes."""
    seconds, sizes = figure.subplots(1, 2)
    steps = {name: value["median"] for name, value in record["prove_seconds"]["by_step"].items()}
    for axes, values, label in ((seconds, steps, "seconds"), (sizes, record["proof_bytes_by_section"], "bytes")):
        axes.barh(list(values), list(values.values()))
        axes.invert_yaxis()
        axes.set_xlabel(label)


def draw_batch(figure: Figure, record: Record) -> None:
    """Where the seconds and the bytes of an input go, alone and as one of several."""
    axes_pair, count = figure.subplots(1, 2), record["inputs"]
    for side, inputs in (("single", 1), ("batch", count)):
        steps = {name: value["median"] for name, value in record[side]["prove_seconds"]["by_step"].items()}
        for axes, values in zip(axes_pair, (steps, record[side]["proof_bytes_by_section"]), strict=True):
            height = 0.8 if side == "single" else 0.4
            label = "alone" if side == "single" else f"one of {count}"
            axes.barh(list(values), [value / inputs for value in values.values()], height, label=label)
    for axes, label in zip(axes_pair, ("seconds an input", "bytes an input"), strict=True):
        axes.invert_yaxis()
        axes.set_xlabel(label)
        axes.legend()


def draw_matvec(figure: Figure, record: Record) -> None:
    """The original's three plots: proof time, utilisation and memory against multiply-adds, by number of threads."""
    columns = {
        "proof_time_s": "proof time, s",
        "utilisation": "cores busy while proving",
        "proof_mem_b": "prover memory, bytes",
    }
    rows = [row for row in record["rows"] if "failed" not in row]
    lines = dict.fromkeys((row["system"], row["threads"]) for row in rows)
    for axes, (column, label) in zip(figure.subplots(1, 3), columns.items(), strict=True):
        for system, threads in lines:
            own = [row for row in rows if (row["system"], row["threads"]) == (system, threads)]
            points = [(row["multiply_adds"], row[column]) for row in own if row[column] is not None]
            axes.plot([x for x, _ in points], [y for _, y in points], marker="o", label=f"{system}, {threads} threads")
        _label(axes, "multiply-adds", label, logarithmic=column != "utilisation")
    axes.legend()


def draw_scaling(figure: Figure, record: Record) -> None:
    """Each figure against the count that is swept, both logarithmic; the model of the cost dashed beside the proof."""
    for axes, column in zip(figure.subplots(1, len(scaling.COLUMNS)), scaling.COLUMNS, strict=True):
        for name, sweep in record["sweeps"].items():
            counts = [point[name] for point in sweep["points"]]
            (line,) = axes.plot(counts, [point[column] for point in sweep["points"]], marker="o", label=name)
            if column in sweep["points"][0]["model"]:
                model = [point["model"][column] for point in sweep["points"]]
                axes.plot(counts, model, linestyle="--", color=line.get_color())
        _label(axes, "count", column, logarithmic=True)
    axes.legend()


def _label(axes: Axes, x: str, y: str, *, logarithmic: bool) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.set_xscale("log")
    if logarithmic:
        axes.set_yscale("log")
