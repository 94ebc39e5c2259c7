"""The benchmarks' arithmetic: what is drawn, compared and fitted; no clock is read."""

import copy
import os
import sys

import numpy as np
import pytest

from tests.unit.bench_records import batch_record, matvec_record, network_record, scaling_record, seconds
from zkinfer.bench.against import compare
from zkinfer.bench.draw import Draw
from zkinfer.bench.fresh import in_fresh_process, run_command
from zkinfer.bench.matvec import Size, csv_text, measure_baseline, ratios, require_same_outputs, sweep
from zkinfer.bench.networks import NETWORKS, layer, network_named
from zkinfer.bench.record import read_record, spread, write_record
from zkinfer.bench.scaling import DECADES, SWEEPS, counts_of, growth
from zkinfer.execute import fast
from zkinfer.prove.prover import no_steps
from zkinfer_verify.errors import InternalError, UsageError


def scaled(record, factor):
    """The same run on a machine `factor` times as slow."""
    if isinstance(record, dict):
        return {
            name: scaled(value, factor) if name.endswith("_seconds") or not name.endswith("_bytes") else value
            for name, value in record.items()
        }
    return record * factor if isinstance(record, float) else record


def test_the_draw_is_that_of_splitmix64():
    words = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]  # of seed 0, as published
    expected = np.array([word >> 32 for word in words], dtype=np.uint32).view(np.int32)
    draw = Draw(0)
    assert [*draw.integers(1), *draw.integers(2)] == expected.tolist()


def test_a_layer_is_the_one_that_the_baseline_proves():
    graph, x = layer(16, 16, coefficient_bits=16, input_bits=8)
    assert int(fast.execute(graph, x)[graph.output].sum()) == 8817037  # printed by benches/peers/plonky2
    assert np.abs(graph.nodes[0].op.weights).max() < 1 << 16 and x.min() >= -128 and x.max() <= 127


def test_a_slower_machine_is_no_regression():
    before = network_record()
    assert not [change for change in compare(before, scaled(before, 3.0)) if change.regression]


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("prove: lookups", ("prove_seconds", "by_step", "lookups"), seconds(0.4)),
        ("prove, warm", ("prove_warm_seconds",), seconds(0.6)),
        ("verify, native kernels", ("verify_native_seconds",), seconds(0.07)),
        ("prove, peak memory", ("prove_peak_memory_bytes",), 1_300_000_000),
        ("proof, bytes", ("proof_bytes",), 1_040_000),
    ],
)
def test_a_regression_is_named(name, path, value):
    before, after = network_record(), scaled(network_record(), 2.0)
    place = after
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = scaled(value, 2.0)
    assert [change.name for change in compare(before, after) if change.regression] == [name]


@pytest.mark.parametrize(
    ("record", "path", "name"),
    [
        (batch_record(), ("batch", "proof_bytes"), "batch, proof, bytes"),
        (batch_record(), ("single", "prove_peak_memory_bytes"), "single, prove, peak memory"),
        (batch_record(), ("batch", "prove_seconds", "total", "median"), "batch, prove"),
        (matvec_record(), ("rows", 0, "proof_time_s"), "4 x 3, 2 threads: proof_time_s"),
        (matvec_record(), ("rows", 0, "proof_size_b"), "4 x 3, 2 threads, bytes"),
        (scaling_record(), ("sweeps", "weights", "points", 1, "verify_s"), "weights, 10,000: verify_s"),
        (scaling_record(), ("sweeps", "weights", "points", 0, "prove_mem_b"), "weights, 1,000, peak memory"),
    ],
)
def test_a_regression_of_any_benchmark_is_named(record, path, name):
    after = copy.deepcopy(record)
    place = after
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] *= 1.3
    assert [change.name for change in compare(record, after) if change.regression] == [name]
    assert not [change for change in compare(after, record) if change.regression]


def test_records_of_other_sizes_are_not_compared():
    other = matvec_record()
    other["rows"][0]["output_size"] = 5
    with pytest.raises(UsageError, match="holds nothing that was measured now"):
        compare(matvec_record(), other)


def test_a_step_too_short_to_measure_is_left_out():
    before = network_record()
    before["prove_seconds"]["by_step"]["affine"] = seconds(0.001)
    after = copy.deepcopy(before)
    after["prove_seconds"]["by_step"]["affine"] = seconds(0.009)
    assert "prove: affine" not in {change.name for change in compare(before, after)}


def test_growth_is_the_exponent_of_the_last_step():
    columns = ("setup_s", "prove_s", "prove_mem_b", "proof_b", "verify_s")
    points = [{"weights": n, **dict.fromkeys(columns, n**0.5)} for n in (1.0, 10.0, 100.0)]
    assert growth(points, "weights") == pytest.approx(dict.fromkeys(columns, 0.5))


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_moves_its_own_count(name):
    first, last = (vars(counts_of(SWEEPS[name](decade)[0])) for decade in (0, DECADES - 1))
    moved = {count: last[count] / first[count] for count in first}
    assert moved[name] > 50
    assert name == "activations" or moved["activations"] < 1.3
    assert name != "multiply_adds" or moved["weights"] < 1.2


def test_every_network_takes_its_input():
    for name in NETWORKS.keys() - {"reference"}:
        graph, x = network_named(name)
        assert x.shape == graph.input_shape and -128 <= x.min() <= x.max() <= 127


def test_a_sweep_multiplies_the_outputs():
    sizes = list(sweep(Size(10, 4, 16, 8, 0), 3))
    assert [size.output_size for size in sizes] == [4, 8, 12]
    assert [size.multiply_adds for size in sizes] == [40, 80, 120]


def row(system, **fields):
    times = dict.fromkeys(("build_time_s", "proof_time_s", "proof_mem_b", "proof_size_b", "verify_time_s"), 2)
    return {"system": system, "threads": 2, "multiply_adds": 6, "input_size": 3, "output_size": 2, **times, **fields}


def test_a_failed_baseline_has_no_ratio_and_no_line():
    failed = {**row("plonky2"), "failed": "killed"}
    assert ratios([row("zkinfer"), failed]) == []
    assert len(csv_text([row("zkinfer"), failed], "plonky2").splitlines()) == 1
    (ratio,) = ratios([row("zkinfer"), row("plonky2", proof_time_s=200, proof_mem_b=None)])
    assert ratio["proof_time_s"] == 100 and "proof_mem_b" not in ratio


def test_other_numbers_are_not_compared():
    with pytest.raises(InternalError, match="other numbers"):
        require_same_outputs({"outputs_sum": 1}, {"outputs_sum": 2})


def test_a_baseline_that_fails_says_why(tmp_path):
    program = tmp_path / "baseline"
    program.write_text(f"#!{sys.executable}\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    program.chmod(0o700)
    failed = measure_baseline(program, Size(3, 2, 4, 8, 0), 1, 1, no_steps)
    assert failed["failed"].startswith("killed by signal 9")
    with pytest.raises(UsageError, match="make peers"):
        measure_baseline(tmp_path / "nothing", Size(3, 2, 4, 8, 0), 1, 1, no_steps)


def test_a_record_is_read_back_by_its_own_benchmark_only(tmp_path):
    path = tmp_path / "record.json"
    write_record(path, {"benchmark": "matvec", "runs": 1})
    assert read_record(path, "matvec") == {"benchmark": "matvec", "runs": 1}
    with pytest.raises(UsageError, match="is not a record of 'scaling'"):
        read_record(path, "scaling")
    path.write_text("{")
    with pytest.raises(UsageError, match="is not JSON"):
        read_record(path, "matvec")


def test_spread_has_the_median_between_its_ends():
    assert spread([3.0, 1.0, 2.0]) == {"min": 1.0, "median": 2.0, "max": 3.0}


def test_a_fresh_process_has_its_threads_and_passes_errors_on():
    assert in_fresh_process(3, os.getenv, "RAYON_NUM_THREADS") == "3"
    with pytest.raises(UsageError, match="is unknown"):
        in_fresh_process(1, network_named, "nothing")


def test_a_failing_command_fails_with_its_own_sentence(tmp_path):
    with pytest.raises(UsageError, match=r"zkinfer inspect: model.json: cannot be read"):
        run_command(tmp_path, 1, "inspect", "model.json")
