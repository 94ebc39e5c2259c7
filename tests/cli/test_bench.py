"""zkinfer bench measures a small network, writes records, and notices a regression."""

import json
import os
import sys

import pytest
from typer.testing import CliRunner

from tests.cli.command_line import zkinfer
from tests.cli.proving import names
from tests.unit.bench_records import network_record
from zkinfer.bench.networks import layer
from zkinfer.cli.bench import matvec as cli_matvec
from zkinfer.cli.main import app
from zkinfer.execute import fast

BASELINE = """#!{python}
import json, sys
options = dict(zip(sys.argv[1::2], map(int, sys.argv[2::2])))
assert options.pop("--seed") == 5 and options.pop("--input-bits") == 8, options
figures = dict(build_seconds=1.0, prove_seconds=2.0, prove_cpu_seconds=3.0, verify_seconds=0.5, proof_bytes=1000)
memory = dict(prove_peak_memory_bytes=None, build_peak_memory_bytes=None)
print(json.dumps(dict(figures, **memory, outputs_sum={outputs_sum}, circuit_rows=16, num_constants=90)))
"""


def write_baseline(folder, outputs_sum):
    program = folder / "baseline"
    program.write_text(BASELINE.format(python=sys.executable, outputs_sum=outputs_sum))
    program.chmod(0o700)


@pytest.mark.slow
def test_records_a_network_and_compares_with_a_record(tmp_path):
    threads = len(os.sched_getaffinity(0))
    slow = {
        **network_record(),
        "proof_bytes": 1000,
        "threads": threads,
    }  # its proofs were shorter than any is, its seconds longer
    (tmp_path / "before.json").write_text(json.dumps(slow))
    arguments = ("bench", "reference", "--network", "tiny", "--runs", 1, "--keep", "kept", "--json")
    done = zkinfer(*arguments, "--record", "record.json", "--against", "before.json", folder=tmp_path, check=1)
    assert {"kept/network.onnx", "kept/model.json", "kept/input.json", "kept/output.zkproof"} <= names(tmp_path)
    record = json.loads((tmp_path / "record.json").read_text())
    assert record == json.loads(done.stdout)
    assert record["benchmark"] == "network tiny" and record["runs"] == 1
    assert record["machine"]["cores"] >= record["threads"] >= 1
    assert record["hidden"][0] == "input: shape (50), integers in -128..127"
    assert record["proof_bytes"] == sum(record["proof_bytes_by_section"].values())
    assert 0 < record["prove_seconds"]["core"]["median"] < record["prove_seconds"]["total"]["median"]
    assert record["prove_seconds"]["total"]["median"] < record["prove_seconds"]["process"]["median"]
    assert record["ratios"]["verify, native kernels / prove"] > 0
    assert record["forecast"]["proof_bytes"] == pytest.approx(record["proof_bytes"], rel=0.05)
    assert record["forecast"]["prove_peak_memory_bytes"] == pytest.approx(record["prove_peak_memory_bytes"], rel=0.5)
    assert record["forecast"]["prove_seconds"] > 0 and record["counts"]["verify"]["verify"]["once"] == 1
    assert record["ratios"]["prove / inference, onnxruntime, float32"] > 1
    changes = {change["name"]: change for change in record["changes"]}
    assert changes["proof, bytes"]["regression"] is True
    assert changes["prove, peak memory"]["regression"] is False


@pytest.mark.slow
def test_a_batch_passes_over_the_weights_as_often_as_one_input(tmp_path):
    arguments = ("--network", "tiny", "--inputs", 4, "--runs", 1, "--plot", "batch.png", "--json")
    done = zkinfer("bench", "batch", *arguments, folder=tmp_path, check=0)
    record = json.loads(done.stdout)
    assert record["benchmark"] == "batch of 4, tiny"
    assert record["batch"]["weight_passes"] == record["single"]["weight_passes"] >= 1
    ratios = record["ratios"]
    assert ratios["bytes of opened weights, batch / one"] == ratios["passes over the weights, batch / one"] == 1
    assert ratios["bytes, an input / one alone"] < 0.3
    assert (tmp_path / "batch.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_matrix_has_the_columns_of_the_original(tmp_path):
    graph, x = layer(3, 2, coefficient_bits=4, input_bits=8, seed=5)
    write_baseline(tmp_path, outputs_sum=int(fast.execute(graph, x)[graph.output].sum()))
    size = ("--input-size", 3, "--output-size", 2, "--coefficient-bits", 4, "--seed", 5, "--runs", 1)
    files = ("--baseline", "./baseline", "--csv", "rows.csv", "--plot", "rows.png")
    done = zkinfer("bench", "matvec", *size, *files, folder=tmp_path, check=0)
    header = "input_size,output_size,build_time_s,proof_time_s,proof_mem_b,proof_size_b,verify_time_s"
    ours, theirs = ((tmp_path / name).read_text().splitlines() for name in ("rows.csv", "rows-plonky2.csv"))
    assert ours[0] == header and ours[1].startswith("3,2,") and len(ours) == 2
    assert theirs == [header, "3,2,1.0,2.0,,1000,0.5"]
    assert "plonky2 / zkinfer, 6 multiply-adds" in done.stdout
    assert (tmp_path / "rows.png").read_bytes().startswith(b"\x89PNG")


def test_a_sweep_has_every_size_on_every_number_of_threads(tmp_path, monkeypatch):
    def invent(folder, size, runs, threads, step):
        columns = dict.fromkeys(("build_time_s", "proof_time_s", "proof_mem_b", "proof_size_b", "verify_time_s"), 2)
        counts = {"input_size": size.input_size, "output_size": size.output_size, "multiply_adds": size.multiply_adds}
        return {"system": "zkinfer", "threads": threads, "utilisation": 1.5, **counts, **columns}

    monkeypatch.setattr(cli_matvec, "measure_ours", invent)
    monkeypatch.setenv("RAYON_NUM_THREADS", "1")  # --threads sets it; restored afterwards
    monkeypatch.chdir(tmp_path)
    arguments = ["bench", "matvec", "--output-size", "7", "--sweep", "--threads", "3", "--json", "--plot", "rows.png"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert [row["threads"] for row in rows] == [1] * 10 + [2] * 10 + [3] * 10
    assert [row["output_size"] for row in rows[:10]] == [7 * factor for factor in range(1, 11)]
    assert (tmp_path / "rows.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("matvec", "--coefficient-bits", 31), "Coefficients have 1 to 30 bits, not 31"),
        (("matvec", "--input-bits", 0), "Inputs have 1 to 32 bits, not 0"),
        (("matvec", "--plot", "plot.pdf"), "a plot is a .png file"),
        (("scaling", "--only", "layers"), "The sweep 'layers' is unknown"),
        (("reference", "--network", "resnet"), "The network 'resnet' is unknown"),
        (("batch", "--network", "resnet"), "The network 'resnet' is unknown"),
        (("reference", "--against", "nothing.json"), "nothing.json: cannot be read"),
        (("matvec", "--against", "nothing.json"), "nothing.json: cannot be read"),
        (("scaling", "--against", "nothing.json"), "nothing.json: cannot be read"),
        (("batch", "--against", "nothing.json"), "nothing.json: cannot be read"),
    ],
)
def test_refuses_what_it_cannot_measure(arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["bench", *map(str, arguments)])
    assert done.exit_code == 2 and done.stdout == ""
    assert sentence in done.stderr
    assert names(tmp_path) == set()
