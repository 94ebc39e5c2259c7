"""The constants of the model of the cost: written by `python -m benches.fit` from records, not by hand.

Nanoseconds for each unit of a count, by step, on a machine whose calibration takes CALIBRATION_NS; MEMORY: bytes.
"""

CALIBRATION_NS = 1165000.0
SETUP: dict[str, dict[str, float]] = {
    "read": {"once": 826000.0, "weight": 23.2},
    "plan": {"once": 0.0, "message": 30800.0, "column": 2330000.0, "weight": 10.5},
    "encode": {"once": 761000.0, "weight code cell": 16.6},
    "hash": {"weight code cell": 10.9, "position": 493.0},
    "write": {"once": 2350000.0, "weight code cell": 0.141},
}
PROVE: dict[str, dict[str, float]] = {
    "commit": {"witness code cell": 21.5, "once": 11100000.0},
    "lookups": {"leaf": 74.0, "leaf row": 407000.0, "round": 37600.0},
    "folding": {"claim cell": 35.5, "claim round": 34300.0, "weight row": 4950.0, "once": 230000.0},
    "rest": {"weight row": 0.0, "message": 29700.0, "relation": 2080000.0, "weight": 3.61, "witness cell": 25.2},
}
VERIFY: dict[str, dict[str, float]] = {
    "verify": {"once": 3110000.0, "message": 29200.0, "opened element": 88.3, "element of y": 0.0},
}
MEMORY: dict[str, dict[str, float]] = {
    "setup": {"once": 60700000.0, "byte of weights.code": 1.19, "weight": 0.511},
    "prove": {"once": 64800000.0, "witness code cell": 0.0, "leaf": 151.0, "weight": 5.47},
}
