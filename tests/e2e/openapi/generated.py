"""Checks that a generated client has a method for every operation: generated.py DOCUMENT LANGUAGE FOLDER."""

import json
import pathlib
import re
import sys

# Declaration of the method of an operation in each language.
DECLARATIONS = {
    "go": (".go", r"func \(a \*\w+\) (\w+)\("),
    "java": (".java", r"public [^=;(){}]+ (\w+)\("),
    "csharp": (".cs", r"public [^=;(){}]+ (\w+?)(?:Async)?\("),
}


def main() -> None:
    document, language, folder = sys.argv[1:]
    extension, declaration = DECLARATIONS[language]
    paths = json.loads(pathlib.Path(document).read_text(encoding="utf-8"))["paths"]
    wanted = {operation["operationId"] for item in paths.values() for operation in item.values()}
    declared = set()
    for source in pathlib.Path(folder).rglob(f"*{extension}"):
        if "api" in str(source.relative_to(folder)).lower():
            declared.update(name.lower() for name in re.findall(declaration, source.read_text(encoding="utf-8")))
    missing = sorted(name for name in wanted if name.replace("_", "") not in declared)
    print(f"{language}: {len(wanted) - len(missing)} of {len(wanted)} operations")
    if missing:
        sys.exit(f"{language}: no method for {', '.join(missing)}")


main()
