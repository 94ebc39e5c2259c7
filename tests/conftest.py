"""Settings of the whole suite: no deadline for an example (machines differ), and a failure prints how to repeat it."""

from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
