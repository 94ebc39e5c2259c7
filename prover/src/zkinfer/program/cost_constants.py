"""The constants of the model of the cost: written by `python -m benches.fit` from records, not by hand.

Nanoseconds for each unit of a count, by step, on a machine whose calibration takes CALIBRATION_NS; MEMORY: bytes.
"""

CALIBRATION_NS = 2326000.0
SETUP: dict[str, dict[str, float]] = {
    "read": {"once": 978000.0, "weight": 35.2},
    "plan": {"message": 90900.0, "weight": 19.3},
    "encode": {"once": 497000.0, "weight code cell": 27.5},
    "hash": {"weight code cell": 13.5, "position": 794.0},
    "write": {"once": 3370000.0, "weight code cell": 0.525},
}
PROVE: dict[str, dict[str, float]] = {
    "commit": {"witness code cell": 36.7, "once": 13400000.0},
    "lookups": {"leaf": 188.0, "leaf row": 295000.0, "round": 59200.0},
    "folding": {"claim cell": 128.0, "weight row": 6160.0, "once": 3490000.0},
    "rest": {"weight row": 0.0, "message": 55400.0, "weight": 3.25, "witness cell": 97.7},
}
VERIFY: dict[str, dict[str, float]] = {
    "verify": {"once": 3520000.0, "message": 43500.0, "opened element": 144.0, "element of y": 423.0},
}
MEMORY: dict[str, dict[str, float]] = {
    "setup": {"once": 60700000.0, "byte of weights.code": 1.19, "weight": 0.589},
    "prove": {"once": 63400000.0, "witness code cell": 39.7, "leaf": 0.0, "weight": 4.79},
}
