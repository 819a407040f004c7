#!/usr/bin/env python3
"""Makes a hoster's night: BIND query logs, labels.tsv and, with --zones, zone files.

    scripts/make-night.py OUTDIR [--lines 5000000] [--sources 100000] [--zones-count 20000]
                                 [--seed 1] [--zones] [--no-installed]

All look-alikes of reconnaissance that DETECTION.md 5 and 14.14 name, and a few attacks of
each kind, with words that are not digtrail's. OUTDIR/night is a SET for scripts/accuracy.py.
The same seed and sizes give the same bytes wherever the same word lists are installed. Takes about half a minute and 1 GB of disk for 5,000,000 lines.
"""
import argparse
import csv
import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "bench"))
sys.dont_write_bytecode = True
import nightattacks  # noqa: E402
import nightbenign  # noqa: E402
import nightworld  # noqa: E402

DATE = datetime.date(2026, 3, 10)


def write_labels(path, sources):
    start = datetime.datetime.combine(DATE, datetime.time())
    with open(path, "w", newline="") as file:
        out = csv.writer(file, delimiter="\t", lineterminator="\n")
        out.writerow(["server", "source_ip", "label", "tool", "start", "end", "queries"])
        for src in sources:
            if src.count:
                times = [(start + datetime.timedelta(milliseconds=ms)).isoformat(
                    timespec="milliseconds") + "Z" for ms in (src.first, src.last)]
                out.writerow(["bind-auth", src.address, src.label, src.tool, *times, src.count])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("outdir", type=pathlib.Path)
    parser.add_argument("--lines", type=int, default=5_000_000, help="about (default %(default)s)")
    parser.add_argument("--sources", type=int, help="small resolvers (default lines / 50)")
    parser.add_argument("--zones-count", type=int, help="default lines / 250")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-installed", action="store_true",
                        help="use no word list of other packages: the same bytes everywhere")
    parser.add_argument("--zones", action="store_true", help="write zone files too")
    arguments = parser.parse_args()

    folder = arguments.outdir / "night"
    folder.mkdir(parents=True, exist_ok=True)
    zones = arguments.zones_count or max(200, arguments.lines // 250)
    world = nightworld.World(nightworld.seeded(arguments.seed, "world"), zones)
    log = nightworld.Log(folder, DATE)
    nightattacks.Attacks(world, log, arguments.seed, arguments.lines,
                         not arguments.no_installed).all_kinds()
    crowd = nightbenign.Crowd(world, log, arguments.seed)
    nightbenign.all_kinds(crowd, arguments.lines, arguments.sources or arguments.lines // 50)
    log.finish()
    write_labels(folder / "labels.tsv", log.sources)
    names = [zone.name for zone in world.zones] + world.reverse + [world.reverse6]
    (arguments.outdir / "zones.txt").write_text("".join(f"{name}\n" for name in sorted(names)))
    if arguments.zones:
        world.write_zones(arguments.outdir / "zones")
    print(f"{log.lines} lines, {len(log.sources)} sources, {len(names)} zones in {folder}")


if __name__ == "__main__":
    main()
