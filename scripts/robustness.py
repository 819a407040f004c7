#!/usr/bin/env python3
"""Hits of digtrail on labelled logs that were changed as an attacker or an accident would.

    scripts/robustness.py [--program build/digtrail] [--seed N] SET

Prints a row for each change: found at medium of the sources that try names (brute force,
slow, distributed), all other attacks at the level that counts, benign sources accused at low
and at medium. Spread over many addresses, a run is found when a finding names or counts one
of them or a network around it.
"""
import argparse
import ipaddress
import pathlib
import random
import sys
import tempfile
from collections import defaultdict

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "bench"))
sys.dont_write_bytecode = True
import alarmtime  # noqa: E402
import labset  # noqa: E402
import loglines  # noqa: E402
import transforms  # noqa: E402


class Sources:
    """Which addresses stand for a labelled source after a change."""

    def __init__(self, rows):
        self.rows = rows
        self.missed = []
        self.of = {row["source_ip"]: [row["source_ip"]] for row in rows}

    def is_found(self, findings, row):
        label = row["label"]
        kinds, level = labset.KINDS[label]
        addresses = self.of[row["source_ip"]]
        if label in labset.BY_NAMES:  # a slowed list is slow, a spread one distributed
            kinds = kinds.union(*(labset.KINDS[other][0] for other in labset.BY_NAMES))
        if len(addresses) > 1:
            for network, finding in findings.prefixes:
                if finding["kind"] in kinds and labset.reaches([finding], level) and \
                        any(ipaddress.ip_address(a) in network for a in addresses):
                    return True
        return any(labset.reaches(findings.of_kind(a, kinds), level) for a in addresses)


def count(findings, sources):
    """{column: [n, found]} of one server."""
    cells = defaultdict(lambda: [0, 0])
    for row in sources.rows:
        label = row["label"]
        if label in labset.KINDS:
            cell = cells[label if label in labset.BY_NAMES else "others"]
            found = sources.is_found(findings, row)
            cell[0] += 1
            cell[1] += found
            if not found and label not in labset.CAMPAIGNS:
                sources.missed.append(f"{label}/{row['tool']}")
        elif label.startswith("benign:"):
            accusing = findings.accusing(row["source_ip"])
            for level in ("low", "medium"):
                cells["benign at " + level][0] += 1
                cells["benign at " + level][1] += labset.reaches(accusing, level)
    return cells


def measure(program, lab, change, seed, lines_of):
    """Sums over the servers of a set, after one change, and what was missed."""
    total, missed = {}, []
    for server in lab.servers():
        rng = random.Random(f"{seed}/{server}")
        lines = [line.copy() for line in lines_of[server]]
        sources = Sources(lab.rows(server))
        known = transforms.known_names(lines, sources.rows)
        lines = change(lines, sources, rng, known)
        with tempfile.TemporaryDirectory(dir=alarmtime.fast_folder()) as folder:
            path = pathlib.Path(folder) / lab.files[server][0].name.split(".")[0]
            path = path.with_suffix(".log")
            loglines.write(lines, path)
            report = labset.run(program, server, [path], lab.zones(), ["--year=2026"])
        labset.add_cells(total, count(labset.Findings(report), sources))
        missed += sources.missed
    return total, missed


def measure_together(program, lab, lines_of):
    """All servers' logs interleaved by time in two files, one for each kind of server."""
    total, missed = {}, []
    for kind in ("bind", "unbound"):
        servers = [server for server in lab.servers() if server.startswith(kind)]
        lines = sorted((line for server in servers for line in lines_of[server]),
                       key=lambda line: line.time)
        rows = [row for server in servers for row in lab.rows(server)]
        with tempfile.TemporaryDirectory(dir=alarmtime.fast_folder()) as folder:
            path = pathlib.Path(folder) / f"{kind}.log"
            loglines.write(lines, path)
            server = "bind-auth" if kind == "bind" else servers[0]
            report = labset.run(program, server, [path], lab.zones(), ["--year=2026"])
        sources = Sources(rows)
        labset.add_cells(total, count(labset.Findings(report), sources))
        missed += sources.missed
    return total, missed


COLUMNS = ["brute", "brute_slow", "brute_distributed", "others", "benign at low",
           "benign at medium"]


def print_row(title, result):
    cells, missed = result
    shown = []
    for column in COLUMNS:
        n, found = cells.get(column, (0, 0))
        shown.append(f"{found} of {n}" if n else "-")
    print(f"  {title:<34}" + "".join(f"{cell:>{max(13, len(column) + 2)}}"
                                    for cell, column in zip(shown, COLUMNS)))
    if missed:
        print(f"    missed: {', '.join(sorted(missed))}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/digtrail")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], help="titles that hold this text")
    parser.add_argument("set", type=pathlib.Path)
    arguments = parser.parse_args()
    lab = labset.LabSet(arguments.set)
    lines_of = {server: loglines.read(lab.files[server], alarmtime.year_of(lab))
                for server in lab.servers()}
    print(f"# {arguments.set}: found at the level that counts; no zone data")
    print(f"  {'change':<34}" + "".join(f"{column:>{max(13, len(column) + 2)}}"
                                       for column in COLUMNS))
    for title, change in transforms.ALL:
        if not arguments.only or any(text in title for text in arguments.only):
            print_row(title, measure(arguments.program, lab, change, arguments.seed, lines_of))
    if not arguments.only or any(text in "interleaved" for text in arguments.only):
        print_row("all servers' logs interleaved", measure_together(
            arguments.program, lab, lines_of))


if __name__ == "__main__":
    main()
