"""What the reports of the measurements have in common."""

import json
import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from .budget import profile, rustc
from .databases import psql, server_url
from .service import ROOT, BenchError


def machine(binary):
    """Returns what the figures depend on: machine, versions and date."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    try:
        postgres = psql(server_url(), "SHOW server_version")
    except (BenchError, OSError):
        postgres = None
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True,
                            check=False).stdout.strip()
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "processor": model,
        "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 2), "kernel": platform.release(),
        "postgresql": postgres, "rustc": rustc(binary), "profile": profile(binary), "commit": commit,
    }


def write_json(path, data):
    """Writes the results."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
