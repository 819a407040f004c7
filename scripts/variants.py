#!/usr/bin/env python3
"""The layouts of one log give the findings of their original, where they carry its facts.

For each file of raw/variants/ the same lines are taken from raw/, both are analysed with the
same settings, and the findings are compared: kind, actor, zones, outcome, level, score, and
times as exactly as the layout tells them. A difference must have its reason in REASONS.
"""
import argparse
import collections
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ZONES = ["example.com", "example.net", "example.org", "internal.example"]
OPTIONS = ["--format", "json", "--top", "1000000", "--log-timezone", "UTC", "--year", "2026",
           *(f"--own-zone={zone}" for zone in ZONES)]
BIND = ["--server", "ns1", "--role", "authoritative"]
UNBOUND = ["--server", "ns1", "--role", "resolver"]

# variant: (settings, how its original is made, seconds by which times may differ; None: no times)
VARIANTS = {
    "bind-queries-categoryonly": (BIND, "first lines", 0),
    "bind-queries-iso8601-bare": (BIND, "first lines", 0),
    "bind-queries-iso8601utc": (BIND, "first lines", 0),
    "bind-queries-notime": (BIND, "first lines", None),
    "bind-queries-9.8-style": (BIND, "first lines", 0),
    "bind-combined": (BIND, "same lines", 0),
    "bind-syslog-rfc3339": (BIND, "same messages", 0.1),
    "bind-syslog-traditional": (BIND, "same messages", 1.1),
    "unbound-syslog-rfc3339": (UNBOUND, "isp1", 1.1),
}

# Where a layout tells less than its original: findings of which kinds may differ, and why.
REASONS = {
    "bind-queries-notime": ({"brute-force", "slow-enumeration", "rule"},
                            "without times nothing is slow, and windows hold the whole log"),
}
# What the report says of each source and zone, without times; and what a layout cannot tell.
SOURCE_FACTS = ["servers", "requests", "refused", "distinct_names", "unknown_names",
                "answered_names", "zone_count", "top_zones", "types", "rcodes", "flags", "ports",
                "keys", "ecs", "transfers", "proven_address"]
ZONE_FACTS = ["requests", "sources", "distinct_names", "unknown_names", "existence", "transfers"]
NOT_TOLD = {"bind-queries-9.8-style": {"cookie", "proven_address"}}


def lines_of(path):
    """The lines of a file, gzipped or not, as bytes with their newline."""
    opened = gzip.open(path) if path.suffix == ".gz" else open(path, "rb")
    with opened as file:
        return list(file)


def message(line):
    """From the category on: what a BIND line says, whatever stands before."""
    found = re.search(rb"[a-z-]+: (?:info|notice|warning|error|critical|debug \d+): .*", line)
    return found.group().rstrip() if found else None


def original_of(variant, how, raw, folder):
    """Writes the original of a variant into `folder`; the files, and lines without an original."""
    lines = lines_of(variant)
    if how == "isp1":
        return [raw / "unbound-isp1-syslog.log.gz"], 0
    if how == "first lines":
        path = folder / "bind-queries.log"
        path.write_bytes(b"".join(lines_of(raw / "bind-queries.log.gz")[:len(lines)]))
        return [path], 0
    key = message if how == "same messages" else bytes.rstrip
    wanted = collections.Counter(key(line) for line in lines)
    files = []
    for source in sorted(raw.glob("bind-*.log*")):
        if source.name.startswith("bind-recursive"):
            continue
        kept = []
        for line in lines_of(source):
            if wanted[key(line)] > 0:
                wanted[key(line)] -= 1
                kept.append(line)
        if kept:
            files.append(folder / source.name.removesuffix(".gz"))
            files[-1].write_bytes(b"".join(kept))
    return files, sum(wanted.values())


def analyse(program, files, options):
    command = [program, "report", *OPTIONS, *options, "--", *map(str, files)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"variants: {' '.join(command)}\n{done.stderr.decode()}")
    return json.loads(done.stdout)


def identity(finding):
    """What makes it the same finding: never where its evidence stands."""
    actor = finding["actor"]
    return (finding["kind"], finding["title"], tuple(actor["addresses"]), actor["prefix"],
            tuple(finding["contributors"]["addresses"]), finding["zones"]["count"],
            tuple(finding["zones"]["list"]), finding["outcome"], finding["level"],
            finding["score"], bool(finding["suppressed"]))


def seconds(text):
    if text is None:
        return None
    hour, minute, second = text[11:23].split(":")
    return int(text[8:10]) * 86400 + int(hour) * 3600 + int(minute) * 60 + float(second)


def same_times(one, other, slack):
    if slack is None:
        return True
    for key in ("first_seen", "last_seen"):
        a, b = seconds(one[key]), seconds(other[key])
        if (a is None) != (b is None) or (a is not None and abs(a - b) > slack):
            return False
    return True


def pair_up(before, after):
    """Findings of both, of the original alone, of the variant alone."""
    left = collections.defaultdict(list)
    for finding in after:
        left[identity(finding)].append(finding)
    both, lost = [], []
    for finding in before:
        same = left[identity(finding)]
        if same:
            both.append((finding, same.pop(0)))
        else:
            lost.append(finding)
    return both, lost, [finding for rest in left.values() for finding in rest]


def facts(report, missing):
    """All that is said of sources and zones, but for what the layout does not tell."""
    rows = {}
    for name, key, kept in (("sources", "address", SOURCE_FACTS), ("zones", "zone", ZONE_FACTS)):
        for row in report[name]:
            said = {fact: row[fact] for fact in kept if fact not in missing}
            if "flags" in said:
                said["flags"] = {flag: count for flag, count in said["flags"].items()
                                 if flag not in missing}
            rows[name, row[key]] = said
    return rows


def differing(before, after, missing):
    """Sources and zones of which the two reports say different things."""
    one, other = facts(before, missing), facts(after, missing)
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def describe(sign, finding):
    actor = ", ".join(finding["actor"]["addresses"][:3]) or finding["actor"]["prefix"] or \
        f"{finding['contributors']['count']} sources"
    return f"      {sign} {finding['kind']} {finding['level']} {finding['score']} " \
           f"{finding['outcome'] or ''} {actor}: {finding['title']}"


def is_explained(name, finding):
    return name in REASONS and finding["kind"] in REASONS[name][0]


def check(program, name, raw, folder):
    """Compares one variant with its original; the number of differences without a reason."""
    options, how, slack = VARIANTS[name]
    variant = raw / "variants" / f"{name}.log.gz"
    files, strangers = original_of(variant, how, raw, folder)
    before, after = (analyse(program, paths, options) for paths in (files, [variant]))
    both, lost, new = pair_up(before["findings"], after["findings"])
    moved = [pair for pair in both if not same_times(*pair, slack)]
    bad = [finding for finding in lost + new if not is_explained(name, finding)]
    unknown = after["lines"]["unknown"]
    rows = differing(before, after, NOT_TOLD.get(name, set()))
    print(f"  {name:<28} {after['input']['lines']:>6} {len(both):>5} of {len(before['findings']):<4}"
          f" {len(lost) + len(new):>5} {len(moved):>6}"
          f" {len(before['sources']) + len(before['zones']):>8} {len(rows):>6} {unknown:>7}"
          f" {strangers:>9}")
    for sign, findings in (("-", lost), ("+", new)):
        for finding in findings:
            print(describe(sign, finding))
    for one, other in moved:
        print(describe("~", one), one["first_seen"], one["last_seen"], "now", other["first_seen"],
              other["last_seen"])
    for kind, key in rows[:10]:
        print(f"      ! {kind}: {key} differs")
    if lost or new:
        print(f"      {'because ' + REASONS[name][1] if not bad else 'NO REASON IS KNOWN'}")
    return len(bad) + len(moved) + len(rows) + unknown


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/digtrail")
    parser.add_argument("lab", nargs="?", type=pathlib.Path,
                        default=pathlib.Path("../shared/lab"))
    arguments = parser.parse_args()
    raw = arguments.lab / "raw"
    if not (raw / "variants").is_dir():
        print(f"variants: SKIPPED: {raw}/variants is not there")
        return 0
    known = {path.name.removesuffix(".log.gz") for path in (raw / "variants").iterdir()}
    for name in sorted(known - VARIANTS.keys()):
        print(f"variants: {name}: no original is known for it")
    print("  A layout's findings as its original has them, others, those at another time; sources"
          " and zones,\n  those that differ; lines not understood; lines that no original has"
          " (start-up, other programs)")
    print(f"  {'variant':<28} {'lines':>6} {'findings':>13} {'other':>5} {'moved':>6}"
          f" {'rows':>8} {'differ':>6} {'unknown':>7} {'strangers':>9}")
    failed = len(known - VARIANTS.keys())
    for name in VARIANTS:
        if name not in known:
            continue
        with tempfile.TemporaryDirectory() as folder:
            failed += check(arguments.program, name, raw, pathlib.Path(folder))
    print("  all layouts tell the same" if not failed else f"  {failed} differences")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
