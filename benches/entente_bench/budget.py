"""The budget of the guard: `benches/budget.toml`."""

import os
import re
import subprocess
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from .service import ROOT

PATH = ROOT / "benches/budget.toml"
# A count above its budget by more than this share fails.
TOLERANCE = 0.03

_HEAD = """\
# Instructions per request that `make bench-guard` allows, in user space, all threads (benches/README.md).
# `limits` are the targets (P1) and are edited by hand; `make bench-guard UPDATE=1` writes everything else.
"""


@dataclass
class Budget:
    """What the file contains: targets per endpoint, and the budget per database and endpoint."""

    limits: dict = field(default_factory=dict)
    taken_with: dict = field(default_factory=dict)
    counts: dict = field(default_factory=dict)

    @classmethod
    def read(cls, path=PATH):
        """Reads the file."""
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        counts = {kind: data.get(kind, {}) for kind in ("sqlite", "postgres")}
        return cls(data["limits"], data.get("taken_with", {}), counts)

    def write(self, path=PATH):
        """Writes the file."""
        lines = [_HEAD]
        lines += ["[limits]", *(f"{name} = {count:_}" for name, count in self.limits.items()), ""]
        lines += ["[taken_with]", *(f'{name} = "{text}"' for name, text in self.taken_with.items())]
        for kind, counts in self.counts.items():
            if counts:
                lines += ["", f"[{kind}]", *(f"{name} = {count:_}" for name, count in counts.items())]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def differences(self, toolchain):
        """Returns how the toolchain differs from the one of the budget."""
        if not any(self.counts.values()):
            return []
        return [f"{name}: {toolchain[name]}, budget: {self.taken_with.get(name)}"
                for name in toolchain if self.taken_with.get(name) != toolchain[name]]


def toolchain(binary, valgrind):
    """Returns what the counts depend on in addition to the code: compiler, options, valgrind and processor."""
    return {"rustc": rustc(binary), "profile": profile(binary), "valgrind": valgrind, "processor": processor()}


def rustc(binary):
    """Returns the version of the compiler that built the binary."""
    found = re.search(rb"rustc version (\d[\w.]*(?: \([0-9a-f]+ [\d-]+\))?)", binary.read_bytes())
    if found:
        return found[1].decode()
    done = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip().removeprefix("rustc ") or "unknown"


def profile(binary):
    """Returns the Cargo profile of the binary, by its folder, with the options that change its code."""
    name = {"debug": "dev"}.get(binary.parent.name, binary.parent.name)
    if name not in ("dev", "release", "dist"):
        name = "release"
    profiles = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8")).get("profile", {})
    options, parent = {}, name
    while parent:
        table = profiles.get(parent, {})
        options, parent = table | options, table.get("inherits")
    wanted = ("opt-level", "lto", "codegen-units", "panic", "overflow-checks", "debug-assertions")
    text = ", ".join([name] + [f"{key} = {options[key]}" for key in wanted if key in options])
    flags = os.environ.get("RUSTFLAGS", "")
    return text + (f", RUSTFLAGS {flags}" if flags else "")


def processor():
    """Returns the instruction sets that libraries choose their code by. The same binary counts differently without."""
    flags = set()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("flags"):
            flags = set(line.split(":", 1)[1].split())
            break
    # valgrind hides what it cannot run, such as SHA and AVX-512.
    known = ("sse4_2", "pclmulqdq", "aes", "avx", "avx2", "bmi2")
    return " ".join(name for name in known if name in flags) or "unknown"
