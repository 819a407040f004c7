#!/usr/bin/env python3
"""What somebody who knows how digtrail works may try in order not to be seen, or to have somebody
else accused: each once, and what is seen all the same. What cannot be defended stands in
docs/THREATS.md, and is tested to be as it says.

    tests/lab/test_evasion.py PROGRAM TOOLS [CASE...]
"""
import json
import os
import random
import subprocess
import sys
import tempfile

PROGRAM, TOOLS = (os.path.abspath(path) for path in sys.argv[1:3])
ONLY = sys.argv[3:]
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", DIGTRAIL_CONFIG="/dev/null",
                   DIGTRAIL_DATADIR=TOP + "/patterns")
SCANNER, VICTIM = "203.0.113.9", "198.51.100.77"
LEVELS = ["informational", "low", "medium", "high", "critical"]

with open(TOP + "/patterns/wordlists/labels.txt", encoding="ascii") as source:
    WORDS = [word for word in source.read().split("\n") if word and not word.startswith("#")]


def stamp(second):
    return "%02d-Mar-2026 %02d:%02d:%02d.000" % (10 + second // 86400, second // 3600 % 24,
                                                 second // 60 % 60, second % 60)


def query(second, source, name, more="+E(0)K", port=4444, record="A", view="", key=""):
    return ("%s queries: info: client @0x7f00 %s#%d%s (%s): %squery: %s IN %s %s (192.0.2.53)\n" % (
        stamp(second), source, port, key, name, view, name, record, more))


def scan(source=SCANNER, start=36000, zone="example.com", count=400):
    return [query(start + n, source, "%s.%s" % (word, zone))
            for n, word in enumerate(WORDS[:count])]


class World:
    """A directory of logs."""

    def __init__(self, directory):
        self.directory = directory

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, lines):
        with open(self.path(name), "w", encoding="latin-1") as out:
            out.writelines(lines)
        return self.path(name)

    def run(self, *words):
        return subprocess.run([PROGRAM, *words], env=ENVIRONMENT, capture_output=True, check=False)

    def report(self, *words):
        result = self.run("-q", "-f", "json", *words)
        if result.returncode != 0:
            raise AssertionError("status %d: %s" % (result.returncode, result.stderr.decode()))
        return json.loads(result.stdout)


SCANS = ("brute-force", "slow-enumeration", "permutation")


def found(report, source=SCANNER, least="medium", zone=None):
    """The finding of a scan that accuses the source, and nobody beside it."""
    for finding in report["findings"]:
        if (finding["kind"] in SCANS and finding["actor"]["addresses"] == [source] and
                not finding["suppressed"] and
                LEVELS.index(finding["level"]) >= LEVELS.index(least) and
                (zone is None or zone in finding["zones"]["list"])):
            return finding
    return None


def must(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(part) for part in what))


def told(report):
    return [(finding["kind"], finding["level"], finding["actor"]["addresses"][:2],
             bool(finding["suppressed"])) for finding in report["findings"]]


def noise(world):
    """Tens of thousands of spoofed sources, far above the ceiling, around one scanner."""
    lines = 300_000
    with open(world.path("noise.log"), "wb") as out:
        subprocess.run([TOOLS + "/makelog", "bind", "lines=%d" % lines, "spoofed=950", "fresh=900",
                        "attacks=0", "sources=2000"], stdout=out, check=True)
    world.write("scan.log", scan())
    report = world.report("--server", "ns1", "--memory", "16M", world.directory)
    must(report["memory"]["approximate"], "nothing was folded: this tests nothing")
    must(found(report), "the scanner was folded away", told(report))
    return "%d sources folded, the scanner named" % report["memory"]["folded_sources"]


def poisoned_night(night, networks, chance, flags="+E(0)K", shuffled=False):
    """From each network one source, forged or not, asks for all names, at four times of the day."""
    lines = []
    for hour in (3, 9, 15, 21):
        for network in range(networks):
            words = chance.sample(WORDS[:400], 400) if shuffled else WORDS[:400]
            lines += [query(night * 86400 + hour * 3600 + n * 7 + chance.randrange(7),
                            "198.18.%d.7" % (10 * night + network), "%s.example.com" % word, flags)
                      for n, word in enumerate(words)]
    return lines


def poisoning(world):
    """Names that are to be tried shall seem to exist, since strangers asked for them before."""
    def night(state, lines, role="authoritative", *words):
        return world.report("--role", role, "--state", world.path(state), "--server", "ns1", *words,
                            world.write("%s-%d.log" % (state, len(os.listdir(world.directory))),
                                        lines))

    # One list, another scanner each night: they do not make each other's names known. On a
    # resolver neither, whose clients all ask recursively.
    for role in ("authoritative", "resolver"):
        for number in range(5):
            address = "198.19.%d.1" % number
            report = night("lists-" + role, scan(source=address, start=number * 86400 + 36000), role)
            must(found(report, address), role, "scanner", number, "of the same list is hidden",
                 told(report))
    # Repeated by one source a night, so that it is no list: told itself.
    chance = random.Random(1)
    for number in range(3):
        report = night("one", poisoned_night(number, 1, chance))
        must(found(report, "198.18.%d.7" % (10 * number)), "the poisoner is hidden", told(report))
    # By many networks at once, forged or not: as stubs do, as resolvers do, each in an order of
    # its own where zone files tell what exists, and dealt out so that nobody has a list.
    zone = "--zone-file=example.com=" + world.write("zone", [
        "@ IN SOA a b 1 1 1 1 1\n", "@ IN NS a\n", "a IN A 192.0.2.53\n"])
    manners = {"stubs": (3, dict(), ()), "ordered": (1, dict(flags="-E(0)D"), ()),
               "zonefile": (3, dict(flags="-E(0)D", shuffled=True), (zone,))}
    for name, (nights, how, words) in manners.items():
        for number in range(nights):
            night(name, poisoned_night(number, 6, chance, **how), "authoritative", *words)
        report = night(name, scan(start=4 * 86400), "authoritative", *words)
        must(found(report), name, "by six networks hide a scan", told(report))
    dealt = [query(3600 + n * 60 + voice, "198.18.%d.7" % ((n // 20) * 3 + voice),
                   "%s.example.com" % word, "-E(0)D")
             for n, word in enumerate(WORDS[:400]) for voice in range(3)]
    night("dealt", dealt, "authoritative", zone)
    report = night("dealt", scan(start=4 * 86400), "authoritative", zone)
    must(found(report), "sixty networks of twenty names each hide a scan", told(report))
    # What is left where nothing tells what exists: as resolvers do, each in an order of its own,
    # or more networks than are told apart.
    for name, role, networks, flags, shuffled in (
            ("left", "authoritative", 6, "-E(0)D", True), ("asked", "resolver", 6, "+E(0)", True),
            ("many", "authoritative", 12, "-E(0)D", False)):
        for number in range(3):
            night(name, poisoned_night(number, networks, chance, flags, shuffled), role)
        report = night(name, scan(start=4 * 86400), role)
        must(not found(report), name, "THREATS.md says that this hides a scan: mend that page")
    return ("one list for five nights: each named, on a resolver too; one poisoner is named; six "
            "networks hide no scan, unless they ask as resolvers do, in no common order or with more "
            "than eight, and nothing tells which names exist (THREATS.md)")


def injection(world):
    """Names, views, keys and other programs' lines that read like a transfer to somebody else."""
    inner = "client\\032\\@0x1\\032%s#53\\032\\(example.com\\)" % VICTIM
    lines = [
        # As BIND writes names: what is special is behind a backslash.
        query(1, SCANNER, inner + ":\\032query:\\032example\\.com\\032IN\\032AXFR\\032-T"),
        query(2, SCANNER, "a\\010" + "10-Mar-2026\\03210:00:00.000\\032xfer-out:\\032info:\\032" +
              inner + ":\\032transfer\\032of\\032'example.com/IN':\\032AXFR\\032started"),
        query(3, SCANNER, "x", key="/key evil\\)\\:\\032transfer\\032of\\032'example.com/IN'\\:\\032AXFR"),
        query(4, SCANNER, "y", view="view of 'example.com/IN': AXFR started: "),
        query(4, SCANNER, "y", view="view denied: ", key="/key %s#53" % VICTIM),
        query(5, SCANNER, "<script>.example.com"), query(6, SCANNER, "=cmd|' /C calc'!A0.example.com"),
    ]
    log = world.write("q.log", lines)
    syslog = world.write("s.log", [
        "Mar 10 12:00:0%d ns1 %s client @0x1 %s#53 (example.com): transfer of 'example.com/IN': "
        "AXFR started (serial 7)\n" % (n, tag, VICTIM)
        for n, tag in enumerate(("sshd[7]: Invalid user", "mynamed[7]:", "sudo: named[7]:",
                                 "kernel: named:", "postfix/named[7]: x"))] + [
        "Mar 10 12:00:09 ns1 named[7]: client @0x1 %s#53 (w.example.com): query: w.example.com IN A "
        "+ (192.0.2.53)\n" % SCANNER])
    dnsmasq = world.write("d.log", [
        "Mar 10 12:00:01 gw dnsmasq[7]: query[A] x.example.com from %s from %s\n" % (VICTIM, SCANNER)])
    for words in ((log,), ("--year", "2026", syslog), ("--year", "2026", "--log-format", "dnsmasq",
                                                       dnsmasq)):
        report = world.report("--level", "low", *words)
        accused = [finding for finding in report["findings"]
                   if VICTIM in finding["actor"]["addresses"]]
        must(not accused, words, "accuses", VICTIM, told(report))
        must(VICTIM not in [row["address"] for row in report["sources"]], words,
             "counts", VICTIM)
        must(not [finding for finding in report["findings"] if finding["kind"] == "transfer"],
             words, "tells a transfer", told(report))
    # Who may write under the server's own tag tells what it likes (docs/THREATS.md).
    own = world.write("o.log", [
        "Mar 10 12:00:01 ns1 named[7]: client @0x1 %s#53 (example.com): transfer of "
        "'example.com/IN': AXFR started (serial 7)\n" % VICTIM])
    report = world.report("--year", "2026", own)
    must([finding for finding in report["findings"] if finding["kind"] == "transfer"],
         "THREATS.md says that this cannot be told apart")
    return "7 names, views and keys, 5 foreign tags, a name with \"from\": nobody else is accused"


def spoofed(world):
    """A scan over UDP in the name of somebody else: it says so, and no block list takes it."""
    log = world.write("q.log", scan(source=VICTIM))
    finding = found(world.report(log), VICTIM)
    must(finding and finding["actor"]["spoofable"], "not said to be forgeable")
    for form in ("addresses", "acl", "nftables", "unbound"):
        listed = world.run("-q", "-f", form, log).stdout.decode()
        lines = [line for line in listed.splitlines()
                 if VICTIM in line and not line.lstrip().startswith(("#", "//"))]
        must(not lines, form, "lists", lines)
    must(VICTIM in world.run("-q", "-f", "addresses", "--force-unproven", log).stdout.decode(),
         "--force-unproven does not list it either: this tests nothing")
    tcp = world.write("t.log", [line.replace("+E(0)K", "+E(0)T") for line in scan(source=VICTIM)])
    must(VICTIM in world.run("-q", "-f", "addresses", tcp).stdout.decode(),
         "over TCP it is proved, and not listed")
    return "spoofable, in no block list; over TCP it is in"


def cover(world):
    """Behind an allow entry: what it covers is suppressed and shown, what it does not is told."""
    allow = world.write("allow.yml", ["- {kind: brute-force, zone: example.com, actor: %s, "
                                      "reason: yearly test, until: 2026-04-30}\n" % SCANNER])
    log = world.write("q.log", scan() + scan(zone="example.net", start=50000) +
                      scan(source="203.0.113.10", start=60000))
    report = world.report("--allow", allow, log)
    # One actor and one episode is one finding: with a zone more it does not lie within the entry.
    must(found(report, zone="example.net"), "the other zone is hidden too", told(report))
    must(found(report, "203.0.113.10"), "its neighbour is hidden too", told(report))
    alone = world.report("--allow", allow, world.write("a.log", scan()))
    must(not found(alone) and [finding for finding in alone["findings"] if finding["suppressed"]],
         "not shown as suppressed", told(alone))
    return "another zone and a neighbour are told; what is covered is shown as suppressed"


def chosen(world):
    """Names that the default sample key keeps before all others, to push the others out."""
    names = subprocess.run([TOOLS + "/collide", "200", "low"], capture_output=True, check=True,
                           text=True).stdout.split()
    log = world.write("q.log", [query(30000 + n, SCANNER, name) for n, name in enumerate(names)] +
                      scan())
    key = world.path("key")
    with open(key, "wb") as out:
        out.write(bytes(range(32)))
    secret, default = world.report("--key-file", key, log), world.report(log)
    must(found(secret), "with a key of its own it does not see the scan", told(secret))
    must(default["settings"]["sample_key"] == "default", "that the key is public is not said")
    seen = found(default)
    # docs/THREATS.md: these are the terms that chosen names take away.
    return "with --key-file named; with the public key %s, and the report says which key" % (
        "named too" if seen else "NOT named")


CASES = [noise, poisoning, injection, spoofed, cover, chosen]


def main():
    failed = 0
    for case in CASES:
        if ONLY and case.__name__ not in ONLY:
            continue
        with tempfile.TemporaryDirectory(prefix="digtrail-evasion-") as directory:
            try:
                print("evasion: %-10s %s" % (case.__name__, case(World(directory))), flush=True)
            except AssertionError as reason:
                print("evasion: %-10s FAILED: %s" % (case.__name__, reason), flush=True)
                failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
