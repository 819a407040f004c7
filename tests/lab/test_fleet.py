#!/usr/bin/env python3
"""Many machines give the report of one: tallies of parts of the logs, merged in any tree.

    tests/lab/test_fleet.py PROGRAM [CASE...]

The logs are ../shared/lab (where it is) and samples/. SEED=n draws other parts and trees;
FULL=1 splits each set in both ways.
"""
import gzip
import json
import os
import random
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
ONLY = sys.argv[2:]
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAB = os.path.join(os.path.dirname(TOP), "shared", "lab")
ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", DIGTRAIL_DATADIR=TOP + "/patterns")
SETS = [path for path in (LAB + "/day", LAB + "/raw") if os.path.isdir(path)] or [
    TOP + "/samples/bind-day"]
SERVERS = 50
RANDOM = random.Random(int(os.environ.get("SEED", "1")))


FULL = "FULL" in os.environ


def run(*arguments, expect=0):
    result = subprocess.run([PROGRAM, *arguments], env=ENVIRONMENT, capture_output=True,
                            check=False)
    if result.returncode != expect:
        raise AssertionError("status %d of %s: %s" % (
            result.returncode, arguments[:6], result.stderr.decode()))
    return result.stdout, result.stderr.decode()


def is_log(name):
    return ".log" in name


def expect_same(one, other, what):
    """Byte for byte: the list of inputs and the places of evidence as well."""
    one, other = one.decode(), other.decode()
    if one == other:
        return
    pairs = zip(one.splitlines(), other.splitlines())
    n, (a, b) = next((n, pair) for n, pair in enumerate(pairs) if pair[0] != pair[1])
    raise AssertionError("%s: line %d of the report is\n%s\nand not\n%s" % (what, n, b, a))


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as log:
        return log.read()


def servers_of(source):
    """The logs of each server: those whose names begin alike."""
    groups = {}
    for name in sorted(filter(is_log, os.listdir(source))):
        server = name.split(".log")[0]
        if server.startswith("bind-") and "recursive" not in server:
            server = "bind"
        groups.setdefault(server, []).append(os.path.join(source, name))
    return list(groups.values())


def by_server(source, _directory):
    return [[logs] for logs in servers_of(source)]


def by_lines(source, directory):
    """Each log cut into up to three runs of lines; the pieces of a server are dealt to two parts."""
    parts = []
    for logs in servers_of(source):
        two = [[], []]
        for path in logs:
            lines = read(path).splitlines(keepends=True)
            cuts = sorted(RANDOM.randrange(len(lines) + 1) for _ in range(2))
            times = os.stat(path)
            name = os.path.basename(path).removesuffix(".gz")
            for n, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(lines)])):
                if start == end:
                    continue
                piece = os.path.join(directory, "piece%d" % n, name)
                os.makedirs(os.path.dirname(piece), exist_ok=True)
                with open(piece, "wb") as out:
                    out.writelines(lines[start:end])
                os.utime(piece, ns=(times.st_atime_ns, times.st_mtime_ns))
                RANDOM.choice(two).append(piece)
        parts.append(list(filter(None, two)))
    return parts


SPLITS = (by_server, by_lines)


def tree(tallies, directory, options=()):
    """Merges random groups of tallies into tallies until one is left."""
    tallies = list(tallies)
    while len(tallies) > 1:
        RANDOM.shuffle(tallies)
        group = min(len(tallies), RANDOM.randrange(2, 5))
        merged = tempfile.mktemp(dir=directory)
        run("merge", "-q", *options, "--save", merged, "-o", merged + ".json", *tallies[:group])
        tallies[:group] = [merged]
    return tallies[0]


def save_parts(parts, directory, options=()):
    tallies = []
    for n, part in enumerate(parts):
        tallies.append(os.path.join(directory, "part%d" % n))
        run("-q", *options, "--save", tallies[-1], "-o", tallies[-1] + ".json", *part)
    return tallies


def merged_is_one_run(directory):
    for source, splits in zip(SETS, ((by_lines,), (by_server,)) if not FULL else [SPLITS] * 9):
        for split in splits:
            where = tempfile.mkdtemp(dir=directory)
            parts = sum(split(source, where), [])
            one, _ = run("-f", "json", *(path for part in parts for path in part))
            if len(json.loads(one)["findings"]) < 10:
                raise AssertionError("few findings in " + source)
            tallies = save_parts(parts, tempfile.mkdtemp(dir=where))
            what = "%s %s, %d parts" % (source, split.__name__, len(tallies))
            flat, _ = run("merge", "-f", "json", *RANDOM.sample(tallies, len(tallies)))
            expect_same(one, flat, what + ", merged at once")
            for _ in range(4 if FULL else 1):
                root = tree(tallies, where)
                expect_same(one, run("merge", "-f", "json", root)[0], what + ", in a tree")
            shutil.rmtree(where)


def security(time, source, name, server):
    """A line of BIND's security log: a query that was refused."""
    return "10-Mar-2026 %02d:%02d:%02d.%03d security: info: client @0x7f00 %s#%d (%s): query (cache) " \
        "'%s/A/IN' denied\n" % (
            time // 3600000, time // 60000 % 60, time // 1000 % 60, time % 1000, source,
            1024 + time % 60000, name, name)


def undecided_logs(directory):
    """Logs of five servers of which a part alone cannot tell what the server is: r0 and r1 look
    authoritative by one log and are resolvers by another; d0 and d1 have refusals in one log, their
    queries in another; a0 is what it seems."""
    logs = []

    def put(server, number, lines):
        logs.append(os.path.join(directory, "%s.log.%d" % (server, number)))
        with open(logs[-1], "w", encoding="ascii") as out:
            out.writelines(lines)

    for n, server in enumerate(("r0", "r1", "d0", "d1", "a0")):
        at = 3600000 * n
        plain = [query(at + i * 500, "192.0.2.%d" % (i % 40 + 1), "h%d.example.com" % (i % 60),
                       ("A", "AAAA", "MX", "TYPE65280")[i % 4], n) for i in range(200)]
        walk = [query(at + 1000000 + i * 90, "203.0.113.%d" % (50 + n),
                      word + ".example.com", "A", n)
                for i, word in enumerate(("dev test stage admin vpn git jira mx smtp imap ldap owa "
                                          "portal intra cms blog shop old new beta").split() * 3)]
        sweep = [query(at + 1500000 + i * 40, "203.0.113.%d" % (60 + n),
                       "%d.2.0.192.in-addr.arpa" % i, "PTR", n) for i in range(120)]
        recursive = [line.replace(" +E(0)K ", " + ") if server[0] == "r" else line
                     for line in sweep + walk * 2]
        put(server, 0, [line.replace(" +E(0)K ", " -E(0)K ") for line in plain])
        put(server, 1, recursive)
        denied = [security(at + 2000000 + i * 700, "198.51.100.%d" % (i % 30 + 1),
                           "x%d.example.com" % (i % 80), n) for i in range(150)]
        put(server, 2, denied)
    return logs


def any_tree_is_accepted(directory):
    """Each log in a tally of its own or beside other servers' logs, merged in random trees."""
    zones = ["--own-zone", "example.com", "--own-zone", "2.0.192.in-addr.arpa"]
    mixed = undecided_logs(directory)
    for options, logs in ((zones, mixed),
                          ([], sum(servers_of(SETS[0]), []))):
        one, _ = run("-f", "json", *options, *logs)
        for round in range(3 if options else 1):
            where = tempfile.mkdtemp(dir=directory)
            machines = [[] for _ in range(RANDOM.randrange(2, len(logs)))]
            for log in logs:
                RANDOM.choice(machines).append(log)
            tallies = save_parts(list(filter(None, machines)), where, options)
            what = "logs of several servers on %d machines, round %d" % (len(tallies), round)
            expect_same(one, run("merge", "-f", "json", *options, *tallies)[0], what)
            with open(tallies[0] + ".json", "rb") as report:
                alone, _ = run("-f", "json", *options, *next(filter(None, machines)))
                expect_same(alone, report.read(), what + ", a part saved and reported")
            root = tree(tallies, where, options)
            expect_same(one, run("merge", "-f", "json", *options, root)[0], what + ", in a tree")
            with open(root + ".json", "rb") as report:
                expect_same(one, report.read(), what + ", saved and reported")


def unlike_is_refused(directory):
    parts = servers_of(TOP + "/samples/unbound")
    ours, theirs = (os.path.join(directory, name) for name in ("ours", "theirs"))
    run("-q", "--save", ours, "-o", ours + ".json", *parts[0])
    run("-q", "--save", theirs, "-o", theirs + ".json", "--own-zone", "example.com",
        TOP + "/samples/quiet-day")
    out, message = run("merge", ours, theirs, expect=2)
    if out or "zone" not in message or theirs not in message:
        raise AssertionError("the difference is not named: " + message)


def rules_must_be_alike(directory):
    one, other = (os.path.join(directory, name) for name in ("one", "other"))
    run("-q", "--save", one, "-o", one + ".json", TOP + "/samples/unbound")
    run("-q", "--no-default-rules", "--save", other, "-o", other + ".json", TOP + "/samples/quiet-day")
    _, message = run("merge", "-o", other + ".html", one, other, expect=2)
    if "--rules" not in message or os.path.exists(other + ".html"):
        raise AssertionError("other rules are not named, or were merged: " + message)


def given_twice_counts_once(directory):
    parts = [[TOP + "/samples/" + name] for name in ("unbound", "quiet-day", "bind-day")]
    tallies = save_parts(parts, directory)
    one, _ = run("merge", "-f", "json", *tallies)
    twice, message = run("merge", "-f", "json", *tallies, tallies[1])
    if "left out" not in message:
        raise AssertionError("a tally given twice is not named: " + message)
    expect_same(one, twice, "a tally given twice")
    both = os.path.join(directory, "both")
    run("merge", "-q", "--save", both, "-o", both + ".json", *tallies[:2])
    within, message = run("merge", "-f", "json", both, *tallies[1:])
    if "left out" not in message:
        raise AssertionError("a tally within another one is not named: " + message)
    expect_same(one, within, "a tally within another one")


def truncated_is_named(directory):
    parts = [[TOP + "/samples/" + name] for name in ("unbound", "quiet-day", "bind-day")]
    tallies = save_parts(parts, directory)
    rest, _ = run("merge", "-f", "json", *tallies[:2])
    whole = shutil.copy(tallies[2], os.path.join(directory, "whole"))
    size = os.path.getsize(whole)
    for length in (0, 99, size // 2, size - 9000, size - 1, None):
        if length is None:
            with open(tallies[2], "wb") as text:
                text.write(b"no tally\n" * 999)
        else:
            os.truncate(tallies[2], length)
        found, message = run("merge", "-f", "json", *tallies, expect=2)
        if tallies[2] not in message:
            raise AssertionError("cut to %s bytes and not named: %s" % (length, message))
        if found != rest:
            raise AssertionError("cut to %s bytes: the rest is not merged alone" % length)
        shutil.copy(whole, tallies[2])


def flood(server):
    """A log of many sources that ask once, some that ask much, and one that tries names."""
    lines = [(n * 40 + server, "10.%d.%d.%d" % (server * 50 + n // 65536, n // 256 % 256, n % 256),
              "h%d.example%d.net" % (n % 977, n % 4001), "A") for n in range(30000)]
    lines += [(n * 300 + 7, "192.0.2.%d" % (1 + n % 20), "www%d.example.com" % (n % 30), "AAAA")
              for n in range(4000)]
    lines += [(time + server * 7, "203.0.113.%d" % (20 + server), name, kind)
              for time, _source, name, kind in brute_force()]
    return [query(*one, server) for one in sorted(lines)]


def above_the_ceiling_it_is_said_and_bounded(directory):
    zones = ["--own-zone", "example.com", "--top", "1000000"]
    logs, tallies = [], []
    for server in range(4):
        logs.append(os.path.join(directory, "ns%d.log" % server))
        with open(logs[-1], "w", encoding="ascii") as out:
            out.writelines(flood(server))
        tallies.append(logs[-1] + ".tally")
        run("-q", *zones, "--memory", "16M", "--save", tallies[-1], "-o", logs[-1] + ".json", logs[-1])
    truth = json.loads(run("-f", "json", *zones, *logs)[0])
    if truth["memory"]["approximate"]:
        raise AssertionError("the run that is compared with met the ceiling as well")
    merged, _ = run("merge", "-f", "json", "-j", "1", *zones, "--memory", "16M", *tallies)
    for jobs in ("1", "2"):
        again, _ = run("merge", "-f", "json", "-j", jobs, *zones, "--memory", "16M", *RANDOM.sample(tallies, 4))
        expect_same(merged, again, "above the ceiling, operands in another order, -j " + jobs)
    # Parts that stayed below it, together above it.
    for tally, log in zip(tallies, logs):
        run("-q", *zones, "--save", tally, "-o", log + ".json", log)
    large, _ = run("merge", "-f", "json", *zones, "--memory", "16M", *tallies)
    expect_same(large, run("merge", "-f", "json", "-j", "1", *zones, "--memory", "16M",
                           *RANDOM.sample(tallies, 4))[0], "folded where tallies meet")
    for what, report in (("folded parts", json.loads(merged)), ("folded when merged", json.loads(large))):
        memory = report["memory"]
        if not memory["approximate"] or memory["folded_requests"] == 0:
            raise AssertionError("%s: it is not said: %s" % (what, memory))
        for exact in ("requests", "types", "rcodes", "period"):
            if report[exact] != truth[exact]:
                raise AssertionError("%s: %s differ" % (what, exact))
        if [row["requests"] for row in report["timeline"]] != [row["requests"] for row in truth["timeline"]]:
            raise AssertionError(what + ": the timeline differs")
        known = {row["address"]: row["requests"] for row in truth["sources"]}
        kept = {row["address"]: row for row in report["sources"]}
        if sum(row["requests"] for row in kept.values()) + memory["folded_requests"] != truth["requests"]:
            raise AssertionError(what + ": what is kept and what is folded are not all")
        for address, row in kept.items():
            if row["requests"] > known[address] or (row["requests"] < known[address] and not row["folded"]):
                raise AssertionError("%s: %s has %d requests of %d" % (
                    what, address, row["requests"], known[address]))
        busiest = {row["address"] for row in truth["sources"] if row["requests"] >= 500}
        if len(busiest) < 20 or busiest - set(kept):
            raise AssertionError("%s: busy sources are gone: %s" % (what, busiest - set(kept)))
        for finding in truth["findings"]:
            if finding["level"] in ("medium", "high", "critical") and not any(
                    one["kind"] == finding["kind"] and one["actor"] == finding["actor"]
                    for one in report["findings"]):
                raise AssertionError("%s: lost: %s" % (what, finding["title"]))


def readme_queries(directory):
    """The queries by hand of the README give rows."""
    tally = os.path.join(directory, "ns1.tally")
    run("-q", "--save", tally, "-o", tally + ".json", TOP + "/samples/bind-day",
        TOP + "/samples/unbound")
    with open(TOP + "/README.md", encoding="utf-8") as readme:
        queries = re.findall(r'sqlite3 -box ns1\.tally "(.*?)"', readme.read(), re.S)
    if len(queries) < 3:
        raise AssertionError("README.md holds %d queries" % len(queries))
    with sqlite3.connect(tally) as db:
        for query in queries:
            rows = db.execute(query).fetchall()
            if not rows:
                raise AssertionError("no row: " + query)


def query(time, source, name, kind, server):
    """A line of BIND's query log."""
    return "10-Mar-2026 %02d:%02d:%02d.%03d queries: info: client @0x7f00 %s#%d (%s): query: %s " \
        "IN %s +E(0)K (198.51.100.%d)\n" % (
            time // 3600000, time // 60000 % 60, time // 1000 % 60, time % 1000, source,
            1024 + time % 60000, name, name, kind, server + 1)


def innocent(count):
    """Clients that ask for what exists."""
    hosts = ["www", "mail", "ns1", "ns2", "shop", "vpn", "api"]
    for n in range(count):
        yield (n * 5300 % 86400000, "192.0.2.%d" % (n * 7 % 250 + 1),
               hosts[n % len(hosts)] + ".example.com", ("A", "AAAA")[n % 2])


def brute_force():
    with open(TOP + "/patterns/wordlists/labels.txt", encoding="utf-8") as words:
        names = [word.strip() for word in words if re.match(r"[a-z0-9-]+$", word)]
    for n, word in enumerate(names[:6 * SERVERS]):
        yield 3600000 + n * 90, "203.0.113.9", word + ".example.com", "A"


def zone_walk():
    """The name right behind each of 50 that exist: one would be no finding, two are."""
    for n in range(SERVERS):
        yield 7200000 + n * 200, "203.0.113.10", "host%03d\\000.example.net" % n, "NSEC"


def ptr_sweep():
    for n in range(256):
        yield (10800000 + n * 40, "203.0.113.11", "%d.2.0.192.in-addr.arpa" % n, "PTR")


def fifty_servers_see_it(directory):
    """Each of 50 servers sees a fiftieth of three attacks; only together they show."""
    zones = [option for zone in ("example.com", "example.net", "2.0.192.in-addr.arpa")
             for option in ("--own-zone", zone)]
    lines = [[] for _ in range(SERVERS)]
    for traffic in (innocent(5000), brute_force(), zone_walk(), ptr_sweep()):
        for n, one in enumerate(traffic):
            lines[n % SERVERS].append(one)
    tallies = []
    for server, requests in enumerate(lines):
        log = os.path.join(directory, "ns%d.log" % server)
        with open(log, "w", encoding="ascii") as out:
            out.writelines(query(*one, server) for one in sorted(requests))
        tallies.append(log + ".tally")
        out, _ = run("-f", "json", "--save", tallies[-1], *zones, log)
        found = [one for one in json.loads(out)["findings"]
                 if one["level"] in ("medium", "high", "critical")]
        if found:
            raise AssertionError("server %d alone finds %s" % (server, found[0]["title"]))
    # A fleet has more tallies than a shell lets a program open.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (SERVERS // 2, hard))
    try:
        report = json.loads(run("merge", "-f", "json", *zones, *tallies)[0])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    found = {(one["kind"], one["actor"]["addresses"][0]) for one in report["findings"]
             if one["level"] in ("medium", "high", "critical")}
    if found != {("brute-force", "203.0.113.9"), ("nsec-walk", "203.0.113.10"),
                 ("ptr-sweep", "203.0.113.11")}:
        raise AssertionError("the merged report finds %s" % sorted(found))


def more_than_64_servers_are_told_apart(directory):
    """Of 140 servers three were asked for one zone: those are named, after a tree of merges too."""
    asked = (3, 70, 131)
    zones = ["--own-zone", "example.com", "--own-zone", "example.org"]
    logs = []
    for server in range(140):
        lines = [(n * 1000, "192.0.2.%d" % (n + 1), "www.example.org", "A") for n in range(9)]
        if server in asked:
            lines += list(brute_force())[asked.index(server)::3]
        logs.append(os.path.join(directory, "ns%03d.log" % server))
        with open(logs[-1], "w", encoding="ascii") as out:
            out.writelines(query(*one, server) for one in sorted(lines))
    names = ["ns%03d" % server for server in asked]
    # Each log is of a server of its own when the file's name says which.
    one, _ = run("-f", "json", *zones, *logs)
    tallies = []
    for n in range(0, 140, 35):
        tallies.append(os.path.join(directory, "part%d" % n))
        run("-q", "--save", tallies[-1], *zones, *logs[n:n + 35])
    pairs = [os.path.join(directory, "pair%d" % n) for n in range(2)]
    run("merge", "-q", "--save", pairs[0], *zones, tallies[2], tallies[0])
    run("merge", "-q", "--save", pairs[1], *zones, tallies[3], tallies[1])
    both = os.path.join(directory, "both")
    merged, _ = run("merge", "-f", "json", "--save", both, *zones, *pairs)
    expect_same(one, merged, "140 servers merged in a tree")
    expect_same(one, run("merge", "-f", "json", *zones, both)[0], "140 servers saved and read")
    report = json.loads(one)
    for what, row in (("zone", next(row for row in report["zones"] if row["zone"] == "example.com")),
                      ("finding", next(row for row in report["findings"]
                                       if row["actor"]["addresses"] == ["203.0.113.9"]))):
        if row["servers"] != names:
            raise AssertionError("the %s names %s" % (what, row["servers"]))


CASES = [fifty_servers_see_it, more_than_64_servers_are_told_apart, merged_is_one_run, any_tree_is_accepted, unlike_is_refused,
         rules_must_be_alike, given_twice_counts_once, truncated_is_named,
         above_the_ceiling_it_is_said_and_bounded, readme_queries]


def main():
    for case in CASES:
        if ONLY and case.__name__ not in ONLY:
            continue
        with tempfile.TemporaryDirectory() as directory:
            case(directory)
        print("fleet: %s" % case.__name__.replace("_", " "))


if __name__ == "__main__":
    main()
