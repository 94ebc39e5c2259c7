"""Records as `zkinfer bench` writes them, with invented figures."""

import copy


def seconds(value):
    return {"min": value, "median": value, "max": value}


def network_record():
    return {
        "benchmark": "network tiny",
        "threads": 2,
        "calibration_seconds": seconds(0.001),
        "read_seconds": seconds(0.2),
        "inference_seconds": {
            "plain_numpy": seconds(2.0),
            "fast_integers": seconds(0.04),
            "onnxruntime": seconds(0.03),
        },
        "setup_seconds": {"total": seconds(2.0), "by_step": {"plan": seconds(0.5), "hash": seconds(1.5)}},
        "prove_seconds": {"total": seconds(0.9), "core": seconds(0.5), "by_step": {"lookups": seconds(0.3)}},
        "prove_warm_seconds": seconds(0.4),
        "verify_native_seconds": seconds(0.05),
        "verify_plain_seconds": seconds(1.0),
        "setup_peak_memory_bytes": 10**9,
        "prove_peak_memory_bytes": 10**9,
        "proof_bytes": 10**6,
    }


def batch_record():
    prove = {"prove_seconds": {"total": seconds(0.9), "core": seconds(0.5), "core_cpu": seconds(0.8), "by_step": {}}}
    sizes = {"prove_peak_memory_bytes": 10**9, "proof_bytes": 10**6}
    side = {**prove, **sizes, "verify_native_seconds": seconds(0.05)}
    return {
        "benchmark": "batch of 4, tiny",
        "inputs": 4,
        "calibration_seconds": seconds(0.001),
        "single": side,
        "batch": copy.deepcopy(side),
        "ratios": {"bytes, an input / one alone": 0.25},
    }


def matvec_record():
    times = {"build_time_s": 1.5, "proof_time_s": 1.0, "verify_time_s": 0.1}
    row = {"threads": 2, "multiply_adds": 12, "input_size": 4, "output_size": 3, **times}
    sizes = {"proof_mem_b": 10**8, "proof_size_b": 10**5}
    theirs = {**row, "system": "plonky2", "proof_mem_b": None, "proof_size_b": 10**5}
    ratios = [{"threads": 2, "multiply_adds": 12, "proof_time_s": 100.0}]
    return {
        "benchmark": "matvec",
        "calibration_seconds": seconds(0.001),
        "rows": [{**row, **sizes, "system": "zkinfer"}, theirs, {**theirs, "failed": "killed"}],
        "ratios": ratios,
    }


def scaling_record():
    point = {"setup_s": 2.0, "prove_s": 1.0, "prove_mem_b": 10**8, "proof_b": 10**5, "verify_s": 0.1}
    points = [{**point, "weights": weights, "model": {"prove_s": 0.5}} for weights in (1000, 10000)]
    growth = dict.fromkeys(point, 0.0)
    return {
        "benchmark": "scaling",
        "calibration_seconds": seconds(0.001),
        "sweeps": {"weights": {"points": points, "growth": growth}},
    }


def measured(record):
    """The record with what every record says of its machine."""
    machine = {"processor": "a processor", "cores": 2, "features": ["avx2"], "python": "3.11"}
    when = {"measured": "2026-11-22", "commit": "abc", "load_before": 0.1, "runs": 3, "threads": 2}
    return {**when, "machine": machine, **record}
