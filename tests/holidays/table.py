#!/usr/bin/env python3
"""Writes tests/holidays/table.txt: the public holidays of every region, by the package `holidays` (`make holidays`).

The unit tests of src/calendar/holidays compare every day of these years with it. Only the category `public` counts:
days on which work rests by law in the whole region.
"""

from datetime import date
from pathlib import Path

import holidays

TABLE = Path(__file__).with_name("table.txt")
YEARS = range(2024, 2035)
COUNTRIES = ("CZ", "SK", "PL", "AT", "DE")
GERMAN_STATES = "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH".split()
REGIONS = (*COUNTRIES, *(f"DE-{state}" for state in GERMAN_STATES))


def days(region: str, year: int) -> list[date]:
    country, _, state = region.partition("-")
    return sorted(holidays.country_holidays(country, subdiv=state or None, years=year, categories=(holidays.PUBLIC,)))


def main() -> None:
    lines = [f"# Public holidays by the package holidays {holidays.__version__}. Written by `make holidays`."]
    for region in REGIONS:
        for year in YEARS:
            lines.append(f"{region} {year} {' '.join(f'{day:%m-%d}' for day in days(region, year))}")
    TABLE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
