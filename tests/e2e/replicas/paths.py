"""Makes the package `entente_bench` and the modules in `lib/python` importable. Import this first."""

import sys
from pathlib import Path

_TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(_TESTS.parents[1] / "benches"), str(_TESTS / "lib" / "python")]
