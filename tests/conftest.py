"""Test-wide settings: Hypothesis without deadlines (wall time is never asserted) and reproducible in CI."""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile(
    "gonedark", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.register_profile("ci", parent=settings.get_profile("gonedark"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "gonedark")
