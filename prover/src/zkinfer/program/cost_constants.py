"""The constants of the model of the cost: written by `python -m benches.fit` from records, not by hand.

Nanoseconds for each unit of a count, by step, on a machine whose calibration takes CALIBRATION_NS; MEMORY: bytes.
"""

CALIBRATION_NS = 10660000.0
SETUP: dict[str, dict[str, float]] = {
    "read": {"once": 500000.0, "weight": 181.0},
    "plan": {"message": 593000.0, "weight": 105.0},
    "encode": {"once": 971000.0, "weight code cell": 96.0},
    "hash": {"weight code cell": 22.1, "position": 606.0},
    "write": {"once": 15500000.0, "weight code cell": 12.6},
}
PROVE: dict[str, dict[str, float]] = {
    "commit": {"witness code cell": 123.0, "once": 46500000.0},
    "lookups": {"leaf": 456.0, "leaf row": 0.0, "round": 365000.0},
    "folding": {"claim cell": 398.0, "weight row": 11300.0, "once": 10800000.0},
    "rest": {"weight row": 0.0, "message": 232000.0, "weight": 11.2, "witness cell": 144.0},
}
VERIFY: dict[str, dict[str, float]] = {
    "verify": {"once": 29300000.0, "message": 187000.0, "opened element": 368.0, "element of y": 0.0},
}
MEMORY: dict[str, dict[str, float]] = {
    "setup": {"once": 57100000.0, "byte of weights.code": 1.13, "weight": 0.551},
    "prove": {"once": 61900000.0, "witness code cell": 0.0, "leaf": 181.0, "weight": 5.35},
}
