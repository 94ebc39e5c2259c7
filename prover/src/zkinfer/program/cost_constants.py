"""The constants of the model of the cost: written by `python -m benches.fit` from records, not by hand.

Nanoseconds for each unit of a count, on a machine whose calibration takes CALIBRATION_NS.
"""

CALIBRATION_NS = 2_500_000.0
PROVE = {
    "leaf": 140.0,
    "witness code cell": 40.0,
    "claim cell": 100.0,
    "proof byte": 12.0,
}
