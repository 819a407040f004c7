#!/usr/bin/env python3
"""What a fleet costs: CPU and tally bytes per GB of log, and the merge, on made logs.

    scripts/fleet-cost.py PROGRAM MAKELOG [--bytes N] [--sources N,N...] [--servers N] [--jobs N]

For each number of sources: `servers` logs of `bytes` each are read, one after the other, and
their tallies merged. Times are CPU seconds, user and system, so that other work on the machine
matters little. docs/fleet.md has figures made by this.
"""
import argparse
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", DIGTRAIL_DATADIR=TOP + "/patterns",
                   DIGTRAIL_CONFIG="/dev/null")
GB = 1e9
# What of a tally belongs to which kind of entry.
KINDS = {"sources": "source", "pairs": "pair", "pair_classes": "pair", "pair_names": "pair name",
         "zones": "zone", "zone_classes": "zone", "zone_names": "zone name", "texts": "text"}
COUNTED = {"source": "sources", "pair": "pairs", "pair name": "pair_names", "zone": "zones",
           "zone name": "zone_names", "text": "texts"}


def cpu(command, **options):
    """CPU seconds of a command that has to succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=ENVIRONMENT, check=True, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def sizes(tally):
    """{kind: (entries, bytes)} of a tally."""
    result = {}
    with sqlite3.connect(tally) as db:
        used = dict(db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
        for kind, table in COUNTED.items():
            entries, = db.execute("SELECT count(*) FROM %s" % table).fetchone()
            result[kind] = entries, sum(used.get(name, 0) for name, of in KINDS.items()
                                        if of == kind)
    return result


def measure(options, sources, directory):
    scan, read, tallies = 0.0, 0, []
    base = [options.program, "-q", "-j", str(options.jobs), "--memory", options.memory]
    for server in range(options.servers):
        log = os.path.join(directory, "ns%d.log" % server)
        with open(log, "wb") as out:
            subprocess.run([options.makelog, "bind", "bytes=%d" % options.bytes,
                            "sources=%d" % sources, "seed=%d" % (server + 1)], stdout=out,
                           check=True)
        read += os.path.getsize(log)
        tallies.append(log + ".tally")
        scan += cpu([*base, "--save", tallies[-1], "-o", log + ".json", log])
        os.unlink(log)
    report = os.path.join(directory, "report.json")
    tiny = os.path.join(directory, "tiny.log")
    with open(tiny, "wb") as out:
        subprocess.run([options.makelog, "bind", "lines=1"], stdout=out, check=True)
    start = cpu([*base, "-o", report, tiny])
    merge = cpu([*base[:1], "merge", *base[1:], "-o", report, *tallies])
    one = cpu([*base[:1], "merge", *base[1:], "-o", report, tallies[0]])
    return {"scan": scan, "read": read, "merge": merge, "one": one, "start": start,
            "size": sum(map(os.path.getsize, tallies)), "kinds": sizes(tallies[0])}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("makelog")
    parser.add_argument("--bytes", type=int, default=256 << 20)
    parser.add_argument("--sources", default="1000,10000,100000")
    parser.add_argument("--servers", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--memory", default="1G")
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    print("%d servers, %.2f GB of log each, CPU seconds" % (options.servers, options.bytes / GB))
    print("| sources | scan, a GB | tally, MB a GB | merge, a tally | merge / scan | pairs, a tally "
          "| log a tally for 2 % | 1 PB: CPU hours |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for sources in map(int, options.sources.split(",")):
        with tempfile.TemporaryDirectory() as directory:
            got = measure(options, sources, directory)
        gigabytes = got["read"] / GB
        # What a further tally costs: all that the merge does once is left out.
        each = max(0.0, got["merge"] - got["one"]) / max(1, options.servers - 1)
        rate = got["scan"] / gigabytes
        print("| %d | %.1f s | %.1f | %.2f s | %.1f %% | %d | %.2f GB | %.0f |" % (
            sources, rate, got["size"] / 1e6 / gigabytes, each,
            100 * each * options.servers / got["scan"], got["kinds"]["pair"][0],
            each / 0.02 / rate, rate * 1e6 / 3600), flush=True)
        print("bytes:", ", ".join("%.0f a %s" % (size / count, kind)
                                  for kind, (count, size) in got["kinds"].items() if count),
              "; reading a tally and reporting %.2f s, starting %.2f s" % (got["one"], got["start"]),
              file=sys.stderr)


if __name__ == "__main__":
    main()
