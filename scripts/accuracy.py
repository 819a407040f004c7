#!/usr/bin/env python3
"""Hits and false alarms of digtrail on labelled logs, per server, label and tool.

    scripts/accuracy.py [--program build/digtrail] SET...

SET is a folder with labels.tsv and logs; zone names are taken from SET/../zones. What counts:
a source is found if an unsuppressed finding of its kind names its address or counts it as a
contributor; a campaign is one unit and also a share of its addresses; a benign source is a
false alarm if an unsuppressed finding names it or a prefix around it. Hits and false alarms
are counted at the same level.
"""
import argparse
import csv
import ipaddress
import json
import pathlib
import subprocess
import sys
from collections import defaultdict

LEVELS = ["informational", "low", "medium", "high", "critical"]
SHOWN = ["low", "medium", "high"]

# Label -> kinds of findings that tell of it, and the level at which it counts.
KINDS = {
    "axfr": ({"transfer"}, "low"),
    "ixfr": ({"transfer"}, "low"),
    "brute": ({"brute-force"}, "medium"),
    "brute_slow": ({"slow-enumeration", "brute-force"}, "medium"),
    "brute_distributed": ({"distributed-enumeration", "brute-force"}, "medium"),
    "nsec_walk": ({"nsec-walk"}, "medium"),
    "nsec3": ({"nsec3-collection"}, "medium"),
    "ptr_sweep": ({"ptr-sweep"}, "medium"),
    "ptr6_walk": ({"ptr6-walk"}, "medium"),
    "srv_enum": ({"srv-sweep"}, "medium"),
    "std_records": ({"record-gathering"}, "low"),
    "any": ({"any"}, "low"),
    "chaos": ({"chaos"}, "low"),
    "snoop": ({"cache-snooping"}, "low"),
    "tld": ({"tld-sweep"}, "low"),
}
# Not reconnaissance: said so, and nothing at medium.
NOISE = {"flood", "tunnel"}
CAMPAIGNS = {"brute_distributed"}


def server_of(name):
    """The server that wrote a log of the lab, from the file's name; None for no log."""
    if name.startswith("bind-recursive"):
        return "bind-recursive"
    if name.startswith("bind-"):
        return "bind-auth"
    if name.startswith("unbound-"):
        return "unbound-" + name.removeprefix("unbound-").split(".")[0].split("-")[0]
    return None


def read_labels(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def run(program, server, files, zones, extra):
    """digtrail's JSON report of one server's logs; its exit status must be 0."""
    role = "authoritative" if server == "bind-auth" else "resolver"
    command = [program, "report", "--format", "json", "--server", server, "--role", role]
    command += ["--top", "1000000", *extra]
    command += [f"--own-zone={zone}" for zone in zones] + ["--", *map(str, files)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        print(f"{server}: digtrail ended with {done.returncode}", file=sys.stderr)
    return json.loads(done.stdout)


class Findings:
    """The unsuppressed findings of one report, asked by address."""

    def __init__(self, report):
        self.named = defaultdict(list)
        self.contributed = defaultdict(list)
        self.prefixes = []
        self.all = [f for f in report["findings"] if not f["suppressed"]]
        for finding in self.all:
            for address in finding["actor"]["addresses"]:
                self.named[address].append(finding)
            for address in finding["contributors"]["addresses"]:
                self.contributed[address].append(finding)
            if finding["actor"]["prefix"]:
                self.prefixes.append((ipaddress.ip_network(finding["actor"]["prefix"]), finding))

    def of_kind(self, address, kinds):
        """Findings of those kinds that name or count that address."""
        return [f for f in self.named[address] + self.contributed[address] if f["kind"] in kinds]

    def accusing(self, address):
        """All findings that name that address or a prefix around it."""
        ip = ipaddress.ip_address(address)
        around = [f for network, f in self.prefixes if ip in network]
        return self.named[address] + [f for f in around if f not in self.named[address]]


def reaches(findings, level):
    return any(LEVELS.index(f["level"]) >= LEVELS.index(level) for f in findings)


def score(rows, findings):
    """Counts over label rows of one server: {(label, tool): [n, hits at low, at medium]},
    {label: [n, alarms at low, medium, high]}."""
    hits = defaultdict(lambda: [0, 0, 0])
    alarms = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        label, address = row["label"], row["source_ip"]
        if label in KINDS:
            found = findings.of_kind(address, KINDS[label][0])
            cell = hits[label, row["tool"]]
            cell[0] += 1
            cell[1] += reaches(found, "low")
            cell[2] += reaches(found, "medium")
        elif label.startswith("benign:") or label in NOISE:
            cell = alarms[label]
            accusing = findings.accusing(address)
            if label in NOISE:
                accusing = [f for f in accusing if f["kind"] != "not-recon"]
            cell[0] += 1
            for i, level in enumerate(SHOWN):
                cell[i + 1] += reaches(accusing, level)
    return hits, alarms


def said_not_recon(rows, findings):
    """{label: [sources, of which in a not-recon finding]} for what is no reconnaissance."""
    said = defaultdict(lambda: [0, 0])
    for row in rows:
        if row["label"] in NOISE:
            said[row["label"]][0] += 1
            said[row["label"]][1] += bool(findings.of_kind(row["source_ip"], {"not-recon"}))
    return said


def compare_requests(rows, report):
    """How many sources have as many requests as their label says, and those that have not."""
    counted = {s["address"]: s["requests"] for s in report["sources"]}
    told = defaultdict(int)
    for row in rows:
        told[row["source_ip"]] += int(row["queries"])
    wrong = [(a, n, counted.get(a)) for a, n in told.items() if counted.get(a) != n]
    return len(told) - len(wrong), wrong


def print_server(server, rows, report):
    findings = Findings(report)
    hits, alarms = score(rows, findings)
    print(f"== {server}: {len(rows)} labels, {len(findings.all)} findings", end="")
    for level in reversed(LEVELS):
        n = sum(f["level"] == level for f in findings.all)
        print(f", {n} {level}" if n else "", end="")
    print()
    if hits:
        print(f"  {'label':<18} {'tool':<26} {'n':>5} {'low':>5} {'medium':>6}")
    for (label, tool), (n, low, medium) in sorted(hits.items()):
        counts = low if KINDS[label][1] == "low" else medium
        note = "" if counts == n else "  missed" if n == 1 else f"  {n - counts} missed"
        print(f"  {label:<18} {tool:<26} {n:>5} {low:>5} {medium:>6}{note}")
        if label in CAMPAIGNS:
            print(f"  {label:<18} {'(as one campaign)':<26} {1:>5} {low > 0:>5} {medium > 0:>6}")
    if alarms:
        print(f"  {'benign':<45} {'n':>5} {'low':>5} {'medium':>6} {'high':>5}")
    for label, (n, low, medium, high) in sorted(alarms.items()):
        print(f"  {label:<45} {n:>5} {low:>5} {medium:>6} {high:>5}")
    for label, (n, said) in sorted(said_not_recon(rows, findings).items()):
        print(f"  {label + ': said to be no reconnaissance':<45} {n:>5} {said:>5}")
    agree, wrong = compare_requests(rows, report)
    print(f"  requests as labelled: {agree} of {agree + len(wrong)} sources")
    for address, expected, got in wrong[:5]:
        print(f"    {address}: {got}, labelled {expected}")
    return hits, alarms


def print_total(hits, alarms):
    by_label = defaultdict(lambda: [0, 0])
    for (label, _), (n, low, medium) in hits.items():
        by_label[label][0] += n
        by_label[label][1] += low if KINDS[label][1] == "low" else medium
    print("== all servers, at the level that counts")
    for label, (n, found) in sorted(by_label.items()):
        print(f"  {label:<18} {found} of {n} at {KINDS[label][1]}")
    benign = [cell for label, cell in alarms.items() if label.startswith("benign:")]
    sums = [sum(cell[i] for cell in benign) for i in range(4)]
    share = 100 * sums[1] / sums[0] if sums[0] else 0
    print(f"  false alarms: {sums[1]} of {sums[0]} benign sources at low ({share:.2f} %), "
          f"{sums[2]} at medium, {sums[3]} at high")
    for label in sorted(NOISE):
        if label in alarms:
            print(f"  {label}: {alarms[label][2]} of {alarms[label][0]} at medium")


def bench(program, folder, extra):
    labels = read_labels(folder / "labels.tsv")
    zones = sorted(p.name.removesuffix(".zone") for p in (folder / ".." / "zones").glob("*.zone"))
    files = defaultdict(list)
    for path in sorted(folder.iterdir()):
        if path.is_file() and server_of(path.name):
            files[server_of(path.name)].append(path)
    hits, alarms = {}, {}
    print(f"# {folder}")
    for server in sorted(files):
        rows = [row for row in labels if row["server"] == server]
        if not rows:
            continue
        report = run(program, server, files[server], zones, extra)
        for total, part in zip((hits, alarms), print_server(server, rows, report)):
            for key, cell in part.items():
                total[key] = [a + b for a, b in zip(total.get(key, [0] * len(cell)), cell)]
    print_total(hits, alarms)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/digtrail")
    parser.add_argument("--option", action="append", default=[], help="passed on to digtrail")
    parser.add_argument("set", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    for folder in arguments.set:
        bench(arguments.program, folder, arguments.option)


if __name__ == "__main__":
    main()
