"""Settings of the whole suite: no deadline for an example (machines differ), and a failure prints how to repeat it."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
# Continuous integration draws the same examples each time, so that a change is judged by what it changed; a run at home
# draws new ones, and what it finds becomes an @example.
settings.register_profile("ci", parent=settings.get_profile("house"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")
