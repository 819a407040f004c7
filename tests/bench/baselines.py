"""The public rules of DETECTION.md 8 on the same logs. Those that are rules are run by
digtrail itself, from tests/bench/baselines/; the sequential test B8 (TRW) is here.

A rule accuses a source with any finding; all are taken for medium. What needs answers (B2,
B3, B5 in part) is blind where the log tells none; B8 is given the zone files instead.
"""
import math
import pathlib
from collections import defaultdict

import labset
import loglines

RULES = pathlib.Path(__file__).parent / "baselines"
TITLES = {"B1": "> 30 distinct names of a zone in 1 h", "B2": "> 50 failures in 1 h",
          "B3": "> 200 NXDOMAIN in 15 min", "B5": "> 5 denied in 1 min",
          "B8": "TRW: sequential test on NXDOMAIN"}
THETA0, THETA1, ALPHA, BETA = 0.2, 0.8, 0.01, 0.99


class ZoneNames:
    """Which names exist, from zone files, as far as the lab's zones need it."""

    def __init__(self, zones):
        self.owners, self.wild, self.zones = set(), set(), {zone for zone, _ in zones}
        for zone, path in zones:
            if path:
                self._read(zone, path)

    def _read(self, zone, path):
        for line in path.read_text().splitlines():
            if not line or line[0] in " \t;$":
                continue
            owner = line.split()[0].lower()
            name = (zone if owner == "@" else
                    owner[:-1] if owner.endswith(".") else f"{owner}.{zone}")
            if name.startswith("*."):
                self.wild.add(name[2:])
            self.owners.add(name)
            while name != zone and "." in name:  # empty non-terminals exist too
                name = name.split(".", 1)[1]
                self.owners.add(name)

    def exists(self, name):
        """True or False for a name in one of the zones, None for others."""
        if name in self.owners:
            return True
        rest, inside = name, False
        while "." in rest:
            rest = rest.split(".", 1)[1]
            if rest in self.wild:
                return True
            inside = inside or rest in self.zones
        return False if inside else None


def trw(lines, zones):
    """Addresses that the sequential test takes for scanners: first-time names only, existing
    ones against missing ones, no memory of a verdict for "benign" (it starts again)."""
    names = ZoneNames(zones)
    up, down = math.log(THETA1 / THETA0), math.log((1 - THETA1) / (1 - THETA0))
    high, low = math.log(BETA / ALPHA), math.log((1 - BETA) / (1 - ALPHA))
    walk, seen, found = defaultdict(float), set(), set()
    for line in lines:
        if line.client is None or (line.client, line.name) in seen:
            continue
        if line.rcode is not None:
            missing = line.rcode == "NXDOMAIN"
        elif line.is_request and names.exists(line.name) is not None:
            missing = not names.exists(line.name)
        else:
            continue
        seen.add((line.client, line.name))
        walk[line.client] += up if missing else down
        if walk[line.client] >= high:
            found.add(line.client)
        elif walk[line.client] <= low:
            walk[line.client] = 0
    return found


def accused(lab, program):
    """{rule: {server: addresses}}."""
    result = {rule: {} for rule in TITLES}
    for server in lab.servers():
        report = labset.run(program, server, lab.files[server], lab.zones(),
                            ["--no-default-rules", f"--rules={RULES}"])
        for rule in TITLES:
            result[rule][server] = {
                address for f in report["findings"] for address in f["actor"]["addresses"]
                if f["kind"] == "rule" and f["title"].startswith(rule + " ")}
        lines = loglines.read(lab.files[server], int(lab.labels[0]["start"][:4]))
        result["B8"][server] = trw(lines, lab.zones())
    return result


def measure(lab, program):
    """{rule: (hits {label: [n, found]}, benign [n, alarms], noise [n, alarms])}."""
    table = {}
    for rule, by_server in accused(lab, program).items():
        hits = defaultdict(lambda: [0, 0])
        benign, noise = [0, 0], [0, 0]
        for row in lab.labels:
            found = row["source_ip"] in by_server.get(row["server"], ())
            cell = (hits[row["label"]] if row["label"] in labset.KINDS else
                    noise if row["label"] in labset.NOISE else
                    benign if row["label"].startswith("benign:") else [0, 0])
            cell[0] += 1
            cell[1] += found
        table[rule] = hits, benign, noise
    return table


def print_table(table, ours):
    """`ours` is (hits by label at medium, benign [n, alarms at medium], noise [...])."""
    labels = sorted(labset.BY_NAMES) + ["ptr_sweep", "axfr"]
    print(f"  {'public rules, hits of n':<44}" + "".join(f"{label:>18}" for label in labels)
          + f"{'benign':>12} {'noise':>9}")
    rows = [("digtrail at medium", *ours)]
    rows += [(f"{rule} {TITLES[rule]}", *cells) for rule, cells in table.items()]
    for title, hits, benign, noise in rows:
        cells = "".join(f"{hits[label][1]:>12} of {hits[label][0]:>2}" if label in hits
                        else f"{'-':>18}" for label in labels)
        print(f"  {title:<44}{cells}{benign[1]:>5} of {benign[0]:>4} {noise[1]:>2} of {noise[0]:>3}")
