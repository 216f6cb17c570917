"""Checks the documentation: the README files, CONTRIBUTING.md, CHANGELOG.md, SECURITY.md and docs/. Prints every fault.

- Links to files and headings lead somewhere, and pages of docs/ link only to files of docs/, because only these are on
  the website.
- docs/SUMMARY.md lists every page exactly once.
- Every test that a table of SECURITY.md names exists, and every threat names one or is "Not covered".
- deploy/nginx.conf does not forward /metrics.
- Every path `/v1/...` in docs/ and in the README is in openapi/openapi.json, with the method if one is given.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SUMMARY = DOCS / "SUMMARY.md"
# Placeholders in a path: {id}, <id>, $ID, ${ID}, '"$id"', ..., or an example id.
PLACEHOLDER = re.compile(r"[{<$…'\"]|^\.\.\.$|^[a-z]{2,4}_[0-9a-z]{26}$")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

faults: list[str] = []


def pages() -> list[Path]:
    top = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
    found = [*top, *ROOT.glob("tests/**/README.md"), *ROOT.glob("benches/*.md"), *DOCS.rglob("*.md")]
    return [page for page in found if page.exists() and "node_modules" not in page.parts]


def prose(text: str) -> str:
    """Removes code, in which brackets are no links."""
    text = re.sub(r"^( *)(```+|~~~+).*?^ *\2 *$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)


def anchors(page: Path) -> set[str]:
    """Returns the anchors of the headings, as GitHub and mdBook name them."""
    text = re.sub(r"^( *)(```+|~~~+).*?^ *\2 *$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", text, flags=re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        name = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        unique, number = name, 0
        while unique in found:
            number += 1
            unique = f"{name}-{number}"
        found.add(unique)
    return found


def links(text: str) -> Iterator[str]:
    # The text of a link may be an image.
    yield from re.findall(r"\]\(([^()\s]+)\)", prose(text))


def check_links(page: Path) -> list[Path]:
    """Returns the files that the page links to."""
    targets = []
    for link in links(page.read_text()):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        where = f"{page.relative_to(ROOT)}: {link}"
        if not target.exists():
            faults.append(f"{where}: the file does not exist")
        elif anchor and anchor not in anchors(target):
            faults.append(f"{where}: the heading does not exist")
        elif DOCS in page.parents and DOCS not in target.parents:
            faults.append(f"{where}: leads out of docs/, so it is broken on the website")
        targets.append(target)
    return targets


def check_summary() -> None:
    listed = check_links(SUMMARY)
    for page in sorted(set(DOCS.rglob("*.md")) - {SUMMARY}):
        if listed.count(page) != 1:
            faults.append(f"docs/SUMMARY.md lists {page.relative_to(DOCS)} {listed.count(page)} times")


def segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def matches(path: list[str], route: list[str]) -> bool:
    return len(path) == len(route) and all(
        one == other or (other.startswith("{") and other.endswith("}")) or PLACEHOLDER.search(one) is not None
        for one, other in zip(path, route, strict=True)
    )


def check_paths(page: Path, routes: list[tuple[list[str], dict[str, object]]]) -> None:
    # Paths such as /api/v1/tickets belong to other systems.
    pattern = re.compile(r"(?:\b(?P<method>[A-Z]{3,6}) )?(?:https?://[\w.:-]+)?(?<!/api)(?P<path>/v1/[^\s`|?),;\\]+)")
    for number, line in enumerate(page.read_text().splitlines(), 1):
        for found in pattern.finditer(line):
            path = segments(found["path"].rstrip(".'\"").split("#")[0])
            method = found["method"] if found["method"] in METHODS else None
            fitting = [operations for route, operations in routes if matches(path, route)]
            where = f"{page.relative_to(ROOT)}:{number}: {found[0].strip()}"
            if not fitting:
                faults.append(f"{where}: no such path in the OpenAPI document")
            elif method and not any(method.lower() in operations for operations in fitting):
                faults.append(f"{where}: the path does not have this method")


def defines(file: Path, name: str) -> bool:
    """Whether the file contains a function of this name."""
    keyword = {".rs": r"\bfn ", ".py": r"\bdef "}.get(file.suffix, r"\b")
    return re.search(rf"{keyword}{name}\(", file.read_text()) is not None


def check_threats() -> None:
    page = ROOT / "SECURITY.md"
    threats = 0
    for line in page.read_text().split("\n## Threats\n")[1].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or cells[0] == "threat" or set(line) <= set("|-"):
            continue
        threats += 1
        where = f"SECURITY.md: {cells[0]}"
        tests = re.findall(r"\[`(\w+)`\]\(([^)]+)\)", cells[-1])
        if len(cells) != 3 or (not tests and cells[-1] != "Not covered"):
            faults.append(f"{where}: no test, and not \"Not covered\"")
        for name, path in tests:
            # check_links reports files that do not exist.
            if (ROOT / path).exists() and not defines(ROOT / path, name):
                faults.append(f"{where}: {path} has no {name}")
    if not threats:
        faults.append("SECURITY.md: no threats")


def check_proxy() -> None:
    """/metrics needs no token, and docs/operating/README.md says that a proxy must not forward it."""
    text = re.sub(r"#.*", "", (ROOT / "deploy/nginx.conf").read_text())
    blocks = re.findall(r"location\s+([^{]*?)\s*\{([^}]*)\}", text)
    if [body.split() for path, body in blocks if path == "= /metrics"] != [["return", "404;"]]:
        faults.append("deploy/nginx.conf: forwards /metrics")


def main() -> int:
    document = json.loads((ROOT / "openapi/openapi.json").read_text())
    routes = [(segments(path), operations) for path, operations in document["paths"].items()]
    for page in pages():
        if page != SUMMARY:
            check_links(page)
        if page == ROOT / "README.md" or DOCS in page.parents:
            check_paths(page, routes)
    check_summary()
    check_threats()
    check_proxy()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"docs: {'FAILED' if faults else 'passed'}, {len(pages())} pages, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
