"""The figures that were reached once, and whether any got worse.

Per set and per way of running (with and without zone data): hits by label (more is better),
false alarms by level and findings printed (fewer is better), names before the alarm (fewer).
A set is known by its name (day, raw) and by a hash of its labels, so that figures of other
logs are never compared.
"""
import csv
import hashlib

import alarmtime
import labset

MORE, FEWER = "more", "fewer"
HEAD = ["set", "way", "figure", "better", "value"]


def write(figures, path):
    rows = [(name, way, figure, *cell) for name, ways in figures.items()
            for way, of_way in ways.items() for figure, cell in of_way.items()]
    with open(path, "w") as file:
        for row in [HEAD, *sorted(rows)]:
            print(*row, sep="\t", file=file)


def read(path):
    figures = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            ways = figures.setdefault(row["set"], {})
            ways.setdefault(row["way"], {})[row["figure"]] = [row["better"], float(row["value"])]
    return figures


def set_name(folder):
    digest = hashlib.sha256((folder / "labels.tsv").read_bytes()).hexdigest()[:8]
    return f"{folder.resolve().name}-{digest}"


def figures_of(result):
    figures = {}
    for label, (n, found) in labset.by_label(result.hits).items():
        figures[f"hits {label} of {n}"] = [MORE, found]
    n, low, medium, high = labset.benign_sums(result.alarms)
    for level, count in zip(labset.SHOWN, (low, medium, high)):
        figures[f"benign at {level} of {n}"] = [FEWER, count]
    for label in sorted(labset.NOISE & set(result.alarms)):
        figures[f"{label} at medium of {result.alarms[label][0]}"] = [FEWER,
                                                                     result.alarms[label][2]]
        figures[f"{label} said to be no reconnaissance of {result.said[label][0]}"] = [
            MORE, result.said[label][1]]
    figures["findings at medium about no attacker"] = [FEWER, len(result.wrong)]
    return figures


def figures(program, folders, measure):
    """{set: {way: {figure: [direction, value]}}}. `measure` is scripts/accuracy.py's."""
    result = {}
    for folder in folders:
        lab = labset.LabSet(folder)
        ways = result[set_name(folder)] = {"plain": figures_of(measure(program, lab))}
        if labset.has_option(program, "--zone-file"):
            ways["zone files"] = figures_of(measure(program, lab, zone_data=True))
        if folder.resolve().name != "day":  # raw squeezes a day into minutes: no tempo
            continue
        times = [names for row, names, _ in alarmtime.measure(lab, program, most_of_campaign=0)
                 if names]
        ways["plain"]["median names before the alarm"] = [FEWER, alarmtime.median(times)]
        ways["plain"]["most names before the alarm"] = [FEWER, max(times, default=0)]
    return result


def compare(old, new):
    """Prints what differs; 1 when a figure got worse or is no longer measured."""
    worse = 0
    known = {name: ways for name, ways in old.items() if name in new}
    for name in sorted(set(new) - set(known)):
        print(f"  {name}: not recorded, not compared")
    if not known:
        print("accuracy: none of these sets is recorded")
        return 1
    for name, ways in sorted(known.items()):
        for way, figures in sorted(ways.items()):
            for figure, (direction, before) in sorted(figures.items()):
                now = new[name].get(way, {}).get(figure, [direction, None])[1]
                if now == before:
                    continue
                bad = now is None or (now < before if direction == MORE else now > before)
                worse += bad
                print(f"  {name}, {way}: {figure}: {before} -> {now}"
                      f"{'  WORSE' if bad else '  better: record it (make accuracy-record)'}")
    total = sum(len(f) for ways in known.values() for f in ways.values())
    print(f"accuracy: {worse} of {total} recorded figures got worse")
    return 1 if worse else 0
