"""Makes the package `entente_bench` importable. Import this first."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benches"))
