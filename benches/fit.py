"""Fit the constants of the model of the cost to records, and write them into the package.

    python -m benches.fit --measure     measure the points anew (some minutes, on a machine that does nothing else), fit
    python -m benches.fit               fit the constants to the points that were measured last
    python -m benches.fit --count       count them anew before: for another model of what was measured

Each step's seconds are a sum of counts times constants that are not negative. The errors that are made small are
relative: a small network counts as much as a large one, and twice too much as much as half.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benches.record import write_record
from zkinfer import api
from zkinfer.bench import record as bench
from zkinfer.bench.forecast import STAGES, calibrations, forecast
from zkinfer.bench.networks import INPUT_BITS, NETWORKS, Network, network_named
from zkinfer.bench.reference import measure_point
from zkinfer.bench.scaling import SWEEPS

ROOT = Path(__file__).resolve().parent.parent
POINTS = ROOT / "benches/records/cost.json"
CONSTANTS = ROOT / "prover/src/zkinfer/program/cost_constants.py"
THREADS, RUNS = 2, 5
VARIANTS = ("--minimise=both", "--minimise=time", "--profile=small")
SWEEPS_OF_DECADES = 3  # the fourth decade takes minutes
UNUSED = ("hidden", "outputs", "forecast", "proof_bytes_by_section", "setup_bytes")
ROUNDS = 20
HEAD = '''"""The constants of the model of the cost: written by `python -m benches.fit` from records, not by hand.

Nanoseconds for each unit of a count, by step, on a machine whose calibration takes CALIBRATION_NS; MEMORY: bytes.
"""

'''
Constants = dict[str, dict[str, float]]
Row = tuple[Mapping[str, float], float]
"""Counts by name, and the value that they add up to."""


def main(arguments: Sequence[str]) -> None:
    """Measure if asked to, fit, write, and print how far each point is from its forecast."""
    if "--measure" in arguments:
        write_record(POINTS, {"threads": THREADS, "runs": RUNS, "points": list(_measure())})
    if "--count" in arguments:
        stored = json.loads(POINTS.read_text())
        counted = [{**point, "counts": counts} for point, counts in zip(stored["points"], _count(), strict=True)]
        bench.write_record(POINTS, {**stored, "points": counted})
    points = json.loads(POINTS.read_text())["points"]
    unit = float(f"{median(point['calibration_seconds']['median'] for point in points) * 1e9:.4g}")
    constants = fit(points, unit)
    CONSTANTS.write_text(source(unit, constants))
    print(f"{CONSTANTS.relative_to(ROOT)} written; forecast / measured:")
    for point in points:
        ratios = {name: ratio(point, constants[name], name, unit) for name in ("SETUP", "PROVE", "VERIFY")}
        print(f"  {point['name']:<40}" + "".join(f"  {name.lower()} {value:.2f}" for name, value in ratios.items()))


def _count() -> Iterator[dict[str, Any]]:
    half = 1 << INPUT_BITS - 1
    for _, (graph, _), options in _points():
        names: dict[str, Any] = dict(option.removeprefix("--").split("=") for option in options)
        planned = api.plan(graph, input_range=(-half, half - 1), **names)
        yield forecast(planned.prepared, dict.fromkeys(STAGES, 1.0))["counts"]


def _points() -> Iterator[tuple[str, Network, tuple[str, ...]]]:
    for name in NETWORKS:
        for variant in VARIANTS:
            yield f"{name} {variant}", network_named(name), (variant,)
    for sweep, network in SWEEPS.items():
        for decade in range(SWEEPS_OF_DECADES):
            yield f"{sweep} {decade}", network(decade), ()


def _measure() -> Iterator[dict[str, Any]]:
    for name, network, options in _points():
        print(name, flush=True)
        with TemporaryDirectory(prefix="zkinfer-fit-") as folder:
            point = measure_point(Path(folder), network, RUNS, THREADS, options)
        yield {"name": name, **{key: value for key, value in point.items() if key not in UNUSED}}


def fit(points: Sequence[dict[str, Any]], unit: float) -> dict[str, Constants]:
    """Fit every step's constants to points of one machine, as if its calibration always took `unit` nanoseconds."""
    steps = {"SETUP": "setup", "PROVE": "prove", "VERIFY": "verify", "MEMORY": "memory"}
    return {
        table: {
            step: _fit_step([(point["counts"][key][step], measured_of(point, table, step, unit)) for point in points])
            for step in points[0]["counts"][key]
        }
        for table, key in steps.items()
    }


def measured_of(point: dict[str, Any], table: str, step: str, unit: float) -> float:
    """Return what a point measured of a step: bytes, or nanoseconds of a machine whose calibration takes `unit`."""
    if table == "MEMORY":
        return float(point[f"{step}_peak_memory_bytes"])
    nanoseconds = unit / calibrations(point)[table.lower()]
    if table == "VERIFY":
        return nanoseconds * float(point["verify_native_seconds"]["median"])
    seconds = point[f"{table.lower()}_seconds"]
    by_step: dict[str, float] = {name: value["median"] for name, value in seconds["by_step"].items()}
    if step == "rest":
        others = sum(by_step[name] for name in ("commit", "lookups", "folding"))
        return nanoseconds * float(seconds["core"]["median"] - others)
    return nanoseconds * float(by_step[step])


def _fit_step(rows: Sequence[Row]) -> dict[str, float]:
    """Minimise the sum of told / measured + measured / told, by least squares with weights from the last ones."""
    names = list(rows[0][0])
    counts = np.array([[group[name] for name in names] for group, _ in rows], dtype=np.float64)
    values = np.array([value for _, value in rows])
    told = values
    for _ in range(ROUNDS):
        weights = 1 / np.sqrt(told * values)
        fitted = nonnegative_least_squares(counts * weights[:, np.newaxis], values * weights)
        told = np.maximum(counts @ fitted, 0.01 * values)
    return dict(zip(names, map(float, fitted), strict=True))


def nonnegative_least_squares(matrix: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minimise |matrix x - values|^2 over x >= 0: the best of the least squares on every choice of columns.

    A handful of columns, so every choice is tried.
    """
    count = matrix.shape[1]
    scales = np.linalg.norm(matrix, axis=0)
    best, least = np.zeros(count), float(values @ values)
    for choice in range(1, 1 << count):
        chosen = [k for k in range(count) if choice >> k & 1]
        solved, *_ = np.linalg.lstsq(matrix[:, chosen] / scales[chosen], values, rcond=None)
        x = np.zeros(count)
        x[chosen] = solved / scales[chosen]
        error = float(np.sum((matrix @ x - values) ** 2))
        if solved.min() >= 0 and error < least:
            best, least = x, error
    return best


def ratio(point: dict[str, Any], constants: Constants, table: str, unit: float) -> float:
    """Return forecast / measured of a whole table's seconds."""
    counts = point["counts"][table.lower()]
    told: float = sum(constants[step][name] * count for step, group in counts.items() for name, count in group.items())
    return told / sum(measured_of(point, table, step, unit) for step in counts)


def source(unit: float, constants: Mapping[str, Constants]) -> str:
    """Return the module of the constants, three digits each."""
    lines = [HEAD + f"CALIBRATION_NS = {unit!r}"]
    for table, steps in constants.items():
        lines.append(f"{table}: dict[str, dict[str, float]] = {{")
        for step, group in steps.items():
            values = ", ".join(f'"{name}": {float(f"{value:.3g}")!r}' for name, value in group.items())
            lines.append(f'    "{step}": {{{values}}},')
        lines.append("}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
