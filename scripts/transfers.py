#!/usr/bin/env python3
"""Checks every transfer finding against the lines of labelled logs.

    scripts/transfers.py PROGRAM SET...

For each source labelled axfr or ixfr, and each real secondary, the zones and outcomes that its
own log lines tell (by a few plain patterns, not by digtrail) must be those of its transfer
findings; and no secondary may be critical. Prints one line a source; exit 1 on a difference.
"""
import csv
import gzip
import json
import pathlib
import re
import subprocess
import sys
from collections import defaultdict

QUERY = re.compile(r" (\S+)#\d+(?:/key \S+)? \(\S+\): .*query: (\S+) IN (?:AXFR|IXFR) ")
DENIED = re.compile(r" (\S+)#\d+.*zone transfer '(.*)/(?:AXFR|IXFR)/IN' denied")
BAD = re.compile(r" (\S+)#\d+.*bad zone transfer request: '(.*)/IN':")
GRANTED = re.compile(r" (\S+)#\d+.*transfer of '(.*)/IN': .*(?:started|ended)")


def lines(path):
    opened = gzip.open(path, "rt", errors="replace") if path.suffix == ".gz" else open(path, errors="replace")
    with opened as file:
        yield from file


def told(files):
    """address -> zone -> set of outcomes that the lines tell; an empty set: only asked."""
    seen = defaultdict(lambda: defaultdict(set))
    for path in files:
        for line in lines(path):
            for pattern, outcome in ((DENIED, "refused"), (BAD, "refused"), (GRANTED, "granted"), (QUERY, None)):
                match = pattern.search(line)
                if match:
                    zone = seen[match[1]][match[2].lower()]
                    if outcome:
                        zone.add(outcome)
                    break
    return seen


def check(program, folder):
    files = sorted(p for p in folder.glob("bind-*.log*") if "recursive" not in p.name)
    with open(folder / "labels.tsv", newline="") as file:
        labels = [r for r in csv.DictReader(file, delimiter="\t") if r["server"] == "bind-auth"]
    done = subprocess.run([program, "-f", "json", "--server", "bind-auth", "--role", "authoritative", *map(str, files)],
                          stdout=subprocess.PIPE, check=False)
    report = json.loads(done.stdout)
    expected, wrong = told(files), 0
    for row in labels:
        secondary = "secondary" in row["label"]
        if row["label"] not in ("axfr", "ixfr") and not secondary:
            continue
        found, levels, confirm = defaultdict(set), set(), False
        for finding in report["findings"]:
            if finding["kind"] != "transfer" or row["source_ip"] not in finding["actor"]["addresses"]:
                continue
            levels.add(finding["level"])
            confirm |= finding["confirm"]
            for transfer in finding["transfers"]:
                zone = found[transfer["zone"]]
                if transfer["outcome"] != "unknown":
                    zone.add(transfer["outcome"])
        equal = found == expected[row["source_ip"]]
        level = not secondary or ("critical" not in levels and confirm)
        left = any("granted" in o for o in found.values())
        level = level and (secondary or ("critical" in levels) == left)
        wrong += not (equal and level)
        print(f"{'ok  ' if equal and level else 'BAD '}{row['label']:<30} {row['source_ip']:<20} "
              f"{'/'.join(sorted(levels)):<14} "
              + ", ".join(f"{z} {'+'.join(sorted(o)) or 'unknown'}" for z, o in sorted(found.items())))
        if not equal:
            print("    expected", {z: sorted(o) for z, o in expected[row["source_ip"]].items()})
    return wrong


def main():
    wrong = 0
    for folder in sys.argv[2:]:
        print(f"# {folder}")
        wrong += check(sys.argv[1], pathlib.Path(folder))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
