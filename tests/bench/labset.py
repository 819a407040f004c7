"""A labelled set of logs, digtrail's reports on it, and what counts as a hit or a false alarm.

A source is found if an unsuppressed finding of its kind names its address or counts it as a
contributor; a campaign is one unit and also a share of its addresses; a benign source is a
false alarm if an unsuppressed finding names it or a prefix around it. Hits and false alarms
are counted at the same level.
"""
import csv
import hashlib
import ipaddress
import json
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
# What is found by its names: only these have a time to alarm and lists to transform.
BY_NAMES = {"brute", "brute_slow", "brute_distributed"}


def server_of(name):
    """The server that wrote a log of the lab, from the file's name; None for no log."""
    if name.startswith("bind-recursive"):
        return "bind-recursive"
    if name.startswith("bind-"):
        return "bind-auth"
    if name.startswith("unbound-"):
        return "unbound-" + name.removeprefix("unbound-").split(".")[0].split("-")[0]
    return None


def role_of(server):
    return "authoritative" if server == "bind-auth" else "resolver"


def half_of(tool):
    """Tools are split by a hash of their names: tune on "odd", report on "even"."""
    return "odd" if hashlib.sha256(tool.encode()).digest()[0] & 1 else "even"


MANY_ZONES = 100  # more are given as a directory


class LabSet:
    """A folder with labels.tsv and logs; zone files are in ../zones."""

    def __init__(self, folder):
        self.folder = folder
        with open(folder / "labels.tsv", newline="") as file:
            self.labels = list(csv.DictReader(file, delimiter="\t"))
        self.zone_files = sorted((folder / ".." / "zones").glob("*.zone"))
        self.files = defaultdict(list)
        for path in sorted(folder.iterdir()):
            if path.is_file() and server_of(path.name):
                self.files[server_of(path.name)].append(path)

    def zone_options(self):
        """digtrail's options that tell which names exist; empty where nobody knows."""
        if len(self.zone_files) > MANY_ZONES:
            return [f"--zone-dir={self.folder / '..' / 'zones'}"]
        return [f"--zone-file={zone}={path}" for zone, path in self.zones() if path]

    def rows(self, server):
        return [row for row in self.labels if row["server"] == server]

    def servers(self):
        return [server for server in sorted(self.files) if self.rows(server)]

    def zones(self):
        """(zone, file or None); two views of one zone are two rows."""
        listed = self.folder / ".." / "zones.txt"
        if listed.exists():  # made by scripts/make-night.py, with or without zone files
            return [(zone, None) for zone in listed.read_text().split()]
        names = [path.name.removesuffix(".zone").removesuffix(".internal")
                 for path in self.zone_files]
        return list(zip(names, self.zone_files))


def has_option(program, option):
    """Whether `digtrail help report` knows that option."""
    done = subprocess.run([program, "help", "report"], stdout=subprocess.PIPE, text=True,
                          check=False)
    return f"{option} " in done.stdout or f"{option}\n" in done.stdout


def run(program, server, files, zones, extra=()):
    """digtrail's JSON report of one server's logs; its exit status must be 0."""
    command = [program, "report", "--format", "json", "--server", server]
    command += ["--role", role_of(server), "--top", "1000000", *extra]
    command += [f"--own-zone={zone}" for zone in sorted({zone for zone, _ in zones})]
    done = subprocess.run(command + ["--", *map(str, files)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        print(f"{server}: digtrail ended with {done.returncode}: {done.stderr[-2000:]}",
              file=sys.stderr)
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

    def count(self, level):
        """Findings at or above a level."""
        return sum(LEVELS.index(f["level"]) >= LEVELS.index(level) for f in self.all)


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


def counts_of(label, cell):
    """Hits of a cell [n, low, medium] at the level that counts for that label."""
    return cell[1] if KINDS[label][1] == "low" else cell[2]


def add_cells(total, part):
    for key, cell in part.items():
        total[key] = [a + b for a, b in zip(total.get(key, [0] * len(cell)), cell)]


def by_label(hits):
    """{label: [n, hits at the level that counts]}."""
    sums = defaultdict(lambda: [0, 0])
    for (label, _), cell in sorted(hits.items()):
        sums[label][0] += cell[0]
        sums[label][1] += counts_of(label, cell)
    return sums


def benign_sums(alarms):
    """[n, alarms at low, medium, high] over all benign kinds."""
    cells = [cell for label, cell in alarms.items() if label.startswith("benign:")]
    return [sum(cell[i] for cell in cells) for i in range(4)]


def compare_requests(rows, report):
    """How many sources have as many requests as their label says, and those that have not."""
    counted = {s["address"]: s["requests"] for s in report["sources"]}
    told = defaultdict(int)
    for row in rows:
        told[row["source_ip"]] += int(row["queries"])
    wrong = [(a, n, counted.get(a)) for a, n in told.items() if counted.get(a) != n]
    return len(told) - len(wrong), wrong


def wrong_findings(report, rows):
    """(findings at medium and above, those of them about no attacker); not-recon and what
    only concerns sources that were used by both sides are left out."""
    attackers = {row["source_ip"] for row in rows if row["label"] in KINDS}
    unknown = {row["source_ip"] for row in rows
               if row["label"].startswith(("mixed:", "other:"))}
    total, wrong = 0, []
    for finding in Findings(report).all:
        who = set(finding["actor"]["addresses"]) | set(finding["contributors"]["addresses"])
        if finding["kind"] == "not-recon" or not reaches([finding], "medium"):
            continue
        if who & unknown and not who & attackers:
            continue
        total += 1
        if not who & attackers:
            wrong.append(finding)
    return total, wrong


def wilson(hits, n, z=1.96):
    """The 95 % interval of a share, as two numbers."""
    if not n:
        return 0.0, 1.0
    p, zz = hits / n, z * z
    middle, half = p + zz / (2 * n), z * ((p * (1 - p) + zz / (4 * n)) / n) ** 0.5
    return max(0, (middle - half) / (1 + zz / n)), min(1, (middle + half) / (1 + zz / n))
