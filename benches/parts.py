"""The parts of `make bench`: a command of `zkinfer bench` each, with a record and perhaps a plot."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ROOT / "benches/records"
PLOTS = ROOT / "docs/plots"
BASELINE = ROOT / "benches/peers/plonky2/target/release/zkinfer-peer-plonky2"
PROGRAM = (sys.executable, "-P", "-c", "from zkinfer.cli.main import main; main()")


@dataclass(frozen=True)
class Part:
    """arguments: of `zkinfer bench`; plotted: with a plot; compared: beside plonky2, where it is built."""

    arguments: tuple[str, ...]
    plotted: bool = False
    compared: bool = False


MATVEC = ("matvec", "--input-size", "1000", "--coefficient-bits", "16")
# All in ten minutes on two cores, of which plonky2 takes three: its circuit of the original's layer takes most of one,
# ours half a second. The sweep ends at a tenth of that layer for its sake.
PARTS = {
    "tiny": Part(("reference", "--network", "tiny", "--runs", "7")),
    "layer-100": Part(("reference", "--network", "layer-100", "--runs", "7")),
    "mlp": Part(("reference", "--network", "mlp", "--runs", "7")),
    "lenet": Part(("reference", "--network", "lenet", "--runs", "7")),
    "reference": Part(("reference", "--runs", "7"), plotted=True),
    "batch": Part(("batch", "--inputs", "16", "--runs", "3"), plotted=True),
    "matvec": Part((*MATVEC, "--output-size", "1000", "--runs", "5", "--baseline-runs", "1"), compared=True),
    "matvec-sweep": Part((*MATVEC, "--output-size", "10", "--sweep", "--runs", "1"), plotted=True, compared=True),
    "scaling": Part(("scaling", "--runs", "3"), plotted=True),
}


def record_file(name: str) -> Path:
    """Where a part's record is."""
    return RECORDS / f"{name}.json"


def plot_file(name: str) -> Path:
    """Where a part's plot is."""
    return PLOTS / f"{name}.png"


def command(name: str, baseline: Path = BASELINE) -> list[str]:
    """The command of a part."""
    part = PARTS[name]
    given = ["bench", *part.arguments, "--record", str(record_file(name))]
    if part.plotted:
        given += ["--plot", str(plot_file(name))]
    if part.compared and baseline.exists():
        given += ["--baseline", str(baseline)]
    return [*PROGRAM, *given]


def measure(name: str) -> int:
    """Measure a part; returns its exit code."""
    print(f"== {name}", flush=True)
    if PARTS[name].compared and not BASELINE.exists():
        print("plonky2 is not built and left out; `make peers` builds it", flush=True)
    PLOTS.mkdir(exist_ok=True)
    start = time.perf_counter()
    code = subprocess.run(command(name), check=False).returncode
    print(f"== {name} took {time.perf_counter() - start:.0f} s\n", flush=True)
    return code
