#!/usr/bin/env python3
"""Hits and false alarms of digtrail on labelled logs, per server, label and tool.

    scripts/accuracy.py [--program build/digtrail] [--only PART]... SET...
    scripts/accuracy.py --record FILE SET...        what is reached, for later
    scripts/accuracy.py --check FILE [SET...]       fails when something got worse

SET is a folder with labels.tsv and logs; zone files are taken from SET/../zones. What counts
as a hit stands in tests/bench/labset.py. Parts: tables (without zone data), zones (with it),
alarm (names before the alarm), baselines (public rules), ablations, split (by halves of the
tools); all unless named.
"""
import argparse
import pathlib
import sys
from collections import Counter

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "bench"))
sys.dont_write_bytecode = True
import alarmtime  # noqa: E402
import baselines  # noqa: E402
import labset  # noqa: E402
import recorded  # noqa: E402

ACCUSED_SHOWN = 6  # of one kind
PARTS = ["tables", "zones", "alarm", "baselines", "ablations", "split"]
ABLATIONS = {"wordlist": "no word list", "order": "no order", "novelty": "no novelty",
             "zone-axis": "no zone axis"}


class Result:
    """What one run over a set reached."""

    def __init__(self):
        self.hits, self.alarms, self.said = {}, {}, {}
        self.counted, self.wrong = 0, []  # findings at medium and above, those in error
        self.printed = self.findings = 0
        self.who = []  # (server, label, address, findings) of false alarms

    def add(self, rows, report):
        findings = labset.Findings(report)
        hits, alarms = labset.score(rows, findings)
        labset.add_cells(self.hits, hits)
        labset.add_cells(self.alarms, alarms)
        labset.add_cells(self.said, labset.said_not_recon(rows, findings))
        total, wrong = labset.wrong_findings(report, rows)
        self.counted += total
        self.wrong += wrong
        self.printed += findings.count("medium")
        self.findings += len(findings.all)
        for row in rows:
            accusing = [f for f in findings.accusing(row["source_ip"]) if f["kind"] != "not-recon"]
            if (row["label"].startswith("benign:") or row["label"] in labset.NOISE) and \
                    labset.reaches(accusing, "low"):
                self.who.append((row["server"], row["label"], row["source_ip"], accusing))
        return findings, hits, alarms


def print_server(server, rows, report, result):
    findings, hits, alarms = result.add(rows, report)
    print(f"== {server}: {len(rows)} labels, {len(findings.all)} findings", end="")
    for level in reversed(labset.LEVELS):
        n = sum(f["level"] == level for f in findings.all)
        print(f", {n} {level}" if n else "", end="")
    print()
    if hits:
        print(f"  {'label':<18} {'tool':<26} {'n':>5} {'low':>5} {'medium':>6}")
    for (label, tool), cell in sorted(hits.items()):
        n, low, medium = cell
        missed = n - labset.counts_of(label, cell)
        note = "" if not missed else "  missed" if n == 1 else f"  {missed} missed"
        print(f"  {label:<18} {tool:<26} {n:>5} {low:>5} {medium:>6}{note}")
        if label in labset.CAMPAIGNS:
            print(f"  {label:<18} {'(as one campaign)':<26} {1:>5} {low > 0:>5} {medium > 0:>6}")
    if alarms:
        print(f"  {'benign':<45} {'n':>5} {'low':>5} {'medium':>6} {'high':>5}")
    for label, (n, low, medium, high) in sorted(alarms.items()):
        print(f"  {label:<45} {n:>5} {low:>5} {medium:>6} {high:>5}")
    for label, (n, said) in sorted(labset.said_not_recon(rows, findings).items()):
        print(f"  {label + ': said to be no reconnaissance':<45} {n:>5} {said:>5}")
    agree, wrong = labset.compare_requests(rows, report)
    print(f"  requests as labelled: {agree} of {agree + len(wrong)} sources")
    for address, expected, got in wrong[:5]:
        print(f"    {address}: {got}, labelled {expected}")


def print_total(result, title):
    print(f"== {title}")
    for label, (n, found) in labset.by_label(result.hits).items():
        low, high = labset.wilson(found, n)
        print(f"  {label:<18} {found:>4} of {n:>4} at {labset.KINDS[label][1]:<7}"
              f" 95 %: {100 * low:.0f}..{100 * high:.0f} %")
    n, *sums = labset.benign_sums(result.alarms)
    for level, count in zip(labset.SHOWN, sums):
        low, high = labset.wilson(count, n)
        print(f"  false alarms at {level:<7} {count:>4} of {n} benign sources"
              f" ({100 * count / max(1, n):.2f} %, 95 %: {100 * low:.2f}..{100 * high:.2f} %)")
    for label in sorted(labset.NOISE & set(result.alarms)):
        n, said = result.said[label]
        print(f"  {label:<18} {result.alarms[label][2]} of {n} at medium, "
              f"{said} said to be no reconnaissance")
    right = result.counted - len(result.wrong)
    print(f"  precision of findings at medium and above: {right} of {result.counted}; "
          f"printed by default: {result.printed} of {result.findings} findings")
    for finding in result.wrong[:ACCUSED_SHOWN]:
        print(f"  ? {finding['kind']} {finding['level']} {finding['score']}: {finding['title']}; "
              f"contributors: {finding['contributors']['count']}")
    shown = Counter()
    for server, label, address, findings in result.who:
        shown[label] += 1
        if shown[label] > ACCUSED_SHOWN:
            continue
        worst = max(findings, key=lambda f: f["score"])
        terms = ", ".join(f"{t['name']} {t['value']:.3g}: {t['points']:+}" for t in worst["terms"])
        print(f"  ! {server} {label} {address}: {worst['kind']} {worst['level']} "
              f"{worst['score']} ({terms})")


def measure(program, lab, extra=(), zone_data=False, show=False):
    result = Result()
    extra = [*extra, *(lab.zone_options() if zone_data else [])]
    for server in lab.servers():
        report = labset.run(program, server, lab.files[server], lab.zones(), extra)
        if show:
            print_server(server, lab.rows(server), report, result)
        else:
            result.add(lab.rows(server), report)
    return result


def print_split(result):
    """Tune on the odd tools, report on the even ones (labset.half_of)."""
    print("== by halves of the tools: tune on odd, report on even")
    for half in ("odd", "even"):
        part = {key: cell for key, cell in result.hits.items() if labset.half_of(key[1]) == half}
        n = sum(cell[0] for cell in part.values())
        found = sum(labset.counts_of(label, cell) for (label, _), cell in part.items())
        missed = [f"{label}/{tool}" for (label, tool), cell in sorted(part.items())
                  if labset.counts_of(label, cell) < cell[0]]
        print(f"  {half:<5} {found} of {n} sources of {len({tool for _, tool in part})} tools"
              f"{'; missed: ' + ', '.join(missed) if missed else ''}")


def print_ablations(program, lab, extra):
    print(f"== what each part carries{'':<22} {'brute':>9} {'slow':>9} {'distributed':>12}"
          f" {'benign at low, medium':>22}")
    for part in [None, *ABLATIONS]:
        result = measure(program, lab, [*extra, *([f"--without={part}"] if part else [])])
        sums = labset.by_label(result.hits)
        cells = [f"{sums[label][1]} of {sums[label][0]}" for label in
                 ("brute", "brute_slow", "brute_distributed")]
        n, low, medium, _ = labset.benign_sums(result.alarms)
        print(f"  {ABLATIONS.get(part, 'everything'):<44} {cells[0]:>9} {cells[1]:>9}"
              f" {cells[2]:>12} {low:>9}, {medium} of {n}")


def print_baselines(program, lab, result):
    at_medium = {}
    for (label, _), (n, _, medium) in result.hits.items():
        labset.add_cells(at_medium, {label: [n, medium]})
    n, _, medium, _ = labset.benign_sums(result.alarms)
    noise = [sum(result.alarms.get(label, [0] * 4)[i] for label in labset.NOISE) for i in (0, 2)]
    print("== beside public rules")
    baselines.print_table(baselines.measure(lab, program), (at_medium, [n, medium], noise))


def bench(program, folder, parts, extra):
    """Prints the parts asked for; returns the results without and with zone data."""
    lab = labset.LabSet(folder)
    print(f"# {folder}")
    result = measure(program, lab, extra, show="tables" in parts)
    print_total(result, "all servers, at the level that counts, without zone data")
    with_zones = None
    if "zones" in parts and labset.has_option(program, "--zone-file") and lab.zone_options():
        with_zones = measure(program, lab, extra, zone_data=True)
        print_total(with_zones, "all servers, with zone files")
    elif "zones" in parts:
        print("== with zone files: skipped, there are none or digtrail has no --zone-file")
    if "split" in parts:
        print_split(result)
    if "ablations" in parts:
        print_ablations(program, lab, extra)
    if "baselines" in parts:
        print_baselines(program, lab, result)
    if "alarm" in parts:
        print("== names before the alarm")
        for live, title in ((True, "the log ends there"),
                            (False, "only this source ends there")):
            alarmtime.print_results(alarmtime.measure(lab, program, live, extra), title)
    sys.stdout.flush()
    return result, with_zones


def print_all_sets(results):
    """Sums over sets: the seeds' sources together give narrower intervals."""
    for i, title in ((0, "without"), (1, "with")):
        total = Result()
        parts = [pair[i] for pair in results if pair[i]]
        for part in parts:
            labset.add_cells(total.hits, part.hits)
            labset.add_cells(total.alarms, part.alarms)
            labset.add_cells(total.said, part.said)
            total.counted += part.counted
            total.wrong += part.wrong
            total.printed += part.printed
            total.findings += part.findings
        if parts:
            print_total(total, f"{len(parts)} sets together, {title} zone data")
            print_split(total)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/digtrail")
    parser.add_argument("--option", action="append", default=[], help="passed on to digtrail")
    parser.add_argument("--only", action="append", choices=PARTS, help="may be repeated")
    parser.add_argument("--record", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--check", type=pathlib.Path, metavar="FILE")
    parser.add_argument("set", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.record or arguments.check:
        figures = recorded.figures(arguments.program, arguments.set, measure)
        if arguments.record:
            recorded.write(figures, arguments.record)
            return 0
        return recorded.compare(recorded.read(arguments.check), figures)
    results = [bench(arguments.program, folder, arguments.only or PARTS, arguments.option)
               for folder in arguments.set]
    if len(results) > 1:
        print_all_sets(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
