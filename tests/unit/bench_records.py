"""A record of a network as `zkinfer bench reference` writes it, with invented figures."""


def seconds(value):
    return {"min": value, "median": value, "max": value}


def network_record():
    return {
        "benchmark": "network tiny",
        "calibration_seconds": seconds(0.001),
        "read_seconds": seconds(0.2),
        "inference_seconds": {"plain_numpy": seconds(2.0), "fast_integers": seconds(0.04)},
        "setup_seconds": {"total": seconds(2.0), "by_step": {"plan": seconds(0.5), "hash": seconds(1.5)}},
        "prove_seconds": {"total": seconds(0.9), "core": seconds(0.5), "by_step": {"lookups": seconds(0.3)}},
        "verify_native_seconds": seconds(0.05),
        "verify_plain_seconds": seconds(1.0),
        "setup_peak_memory_bytes": 10**9,
        "prove_peak_memory_bytes": 10**9,
        "proof_bytes": 10**6,
    }
