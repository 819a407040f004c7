"""Time to alarm: how many of its first distinct names a brute-force source may ask before it
is found at medium. By bisection over prefixes of what the source asked. Two ways of cutting:

live     the whole log ends at that moment, as for a reader that follows it
stopped  only this source ends there; the rest of the night is in the log

Bisection takes the alarm to be lasting, which it need not be: the figure is that of one step
from "not found" to "found".
"""
import concurrent.futures
import os
import pathlib
import tempfile

import labset
import loglines

LEAST = 5  # nothing can be said from fewer names


class Night:
    """One server's lines in memory, cut and given to digtrail."""

    def __init__(self, lab, server, program, extra):
        self.server, self.program, self.extra = server, program, extra
        self.zones = lab.zones()
        self.lines = loglines.read(lab.files[server], year_of(lab))

    def first_names(self, address):
        """Indices of the lines in which the source asked a name for the first time."""
        seen, indices = set(), []
        for i, line in enumerate(self.lines):
            if line.client == address and line.is_request and line.name not in seen:
                seen.add(line.name)
                indices.append(i)
        return indices

    def findings(self, lines, folder):
        path = pathlib.Path(folder) / f"{self.server}.log"
        loglines.write(lines, path)
        return labset.Findings(labset.run(self.program, self.server, [path], self.zones,
                                          ["--jobs", "1", *self.extra]))

    def cut(self, address, end, live):
        """The lines when the source asked nothing from index `end` on."""
        if live:
            return self.lines[:end]
        return self.lines[:end] + [x for x in self.lines[end:] if x.client != address]


def year_of(lab):
    return int(lab.labels[0]["start"][:4])


def names_to_alarm(night, row, live):
    """(names asked before the alarm, names asked in all); the first is None when the whole
    list raises none."""
    address, kinds = row["source_ip"], labset.KINDS[row["label"]][0]
    firsts = night.first_names(address)
    ends = firsts[1:] + [len(night.lines)]

    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        def alarmed(names):
            found = night.findings(night.cut(address, ends[names - 1], live), folder)
            return labset.reaches(found.of_kind(address, kinds), "medium")

        if not firsts or not alarmed(len(firsts)):
            return None, len(firsts)
        low, high = 0, len(firsts)  # not found with `low`, found with `high`
        step = 32
        while step < high and not alarmed(step):
            low, step = step, step * 2
        high = min(high, step)
        low = max(low, LEAST - 1) if high >= LEAST else low
        while high - low > 1:
            middle = (low + high) // 2
            if alarmed(middle):
                high = middle
            else:
                low = middle
        return high, len(firsts)


def fast_folder():
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def measure(lab, program, live=True, extra=(), most_of_campaign=4):
    """[(row, names before the alarm or None, names in all)] of every brute-force source; of a
    campaign only the first few, since they are alike."""
    results = []
    for server in lab.servers():
        rows, campaign = [], 0
        for row in lab.rows(server):
            if row["label"] in labset.BY_NAMES - labset.CAMPAIGNS:
                rows.append(row)
            elif row["label"] in labset.CAMPAIGNS and campaign < most_of_campaign:
                campaign += 1
                rows.append(row)
        if not rows:
            continue
        night = Night(lab, server, program, extra)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            times = pool.map(lambda row: names_to_alarm(night, row, live), rows)
            results += [(row, *time) for row, time in zip(rows, times)]
    return results


def median(numbers):
    numbers = sorted(numbers)
    n = len(numbers)
    return (numbers[(n - 1) // 2] + numbers[n // 2]) / 2 if n else float("nan")


def print_results(results, title):
    print(f"  names before the alarm at medium, {title}")
    print(f"    {'label':<18} {'tool':<26} {'names':>6} {'of':>6}")
    for row, names, total in sorted(results, key=lambda r: (r[0]["label"], r[0]["tool"])):
        print(f"    {row['label']:<18} {row['tool']:<26} {names or 'none':>6} {total:>6}")
    found = [names for row, names, _ in results
             if names and row["label"] not in labset.CAMPAIGNS]
    if found:
        print(f"    median {median(found):g}, most {max(found)}, "
              f"of {len(found)} sources (campaigns left out)")
