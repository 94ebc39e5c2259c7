"""The constants of the model of the cost: written by `python -m benches.fit` from records, not by hand.

Nanoseconds for each unit of a count, by step, on a machine whose calibration takes CALIBRATION_NS; MEMORY: bytes.
"""

CALIBRATION_NS = 1143000.0
SETUP: dict[str, dict[str, float]] = {
    "read": {"once": 941000.0, "weight": 21.4},
    "plan": {"once": 4610000.0, "message": 10400.0, "column": 2330000.0, "weight": 12.4},
    "encode": {"once": 592000.0, "weight code cell": 17.6},
    "hash": {"weight code cell": 7.95, "position": 320.0},
    "write": {"once": 2380000.0, "weight code cell": 0.208},
}
PROVE: dict[str, dict[str, float]] = {
    "commit": {"witness code cell": 16.8, "once": 7200000.0},
    "lookups": {"leaf": 74.5, "leaf row": 318000.0, "round": 28300.0},
    "folding": {"claim cell": 35.2, "claim round": 31000.0, "weight row": 5290.0, "once": 192000.0},
    "rest": {"weight row": 0.0, "message": 31300.0, "relation": 1290000.0, "weight": 4.31, "witness cell": 17.7},
}
VERIFY: dict[str, dict[str, float]] = {
    "verify": {"once": 9240000.0, "message": 12600.0, "opened element": 43.0, "element of y": 340.0},
}
MEMORY: dict[str, dict[str, float]] = {
    "setup": {"once": 60700000.0, "byte of weights.code": 1.18, "weight": 1.23},
    "prove": {"once": 62800000.0, "witness code cell": 14.4, "leaf": 74.4, "weight": 1.56},
}
