"""The constants of the model of the cost: written by `python -m benches.fit` from records, not by hand.

Nanoseconds for each unit of a count, by step, on a machine whose calibration takes CALIBRATION_NS; MEMORY: bytes.
"""

CALIBRATION_NS = 1650000.0
SETUP: dict[str, dict[str, float]] = {
    "read": {"once": 927000.0, "weight": 24.8},
    "plan": {"once": 0.0, "message": 36100.0, "column": 2120000.0, "weight": 10.2},
    "encode": {"once": 663000.0, "weight code cell": 14.7},
    "hash": {"weight code cell": 8.86, "position": 567.0},
    "write": {"once": 2700000.0, "weight code cell": 0.404},
}
PROVE: dict[str, dict[str, float]] = {
    "commit": {"witness code cell": 18.6, "once": 5700000.0},
    "lookups": {"leaf": 85.7, "leaf row": 305000.0, "round": 32600.0},
    "folding": {"claim cell": 15.8, "claim round": 30800.0, "weight row": 16100.0, "once": 701000.0},
    "rest": {"weight row": 14200.0, "message": 36100.0, "relation": 760000.0, "weight": 0.0, "witness cell": 50.8},
}
VERIFY: dict[str, dict[str, float]] = {
    "verify": {"once": 3380000.0, "message": 23300.0, "opened element": 130.0, "element of y": 0.0},
}
MEMORY: dict[str, dict[str, float]] = {
    "setup": {"once": 60800000.0, "byte of weights.code": 1.18, "weight": 1.24},
    "prove": {"once": 62800000.0, "witness code cell": 14.3, "leaf": 72.5, "weight": 1.63},
}
