"""What an attacker does to stay unseen, and what happens to logs: each change takes the lines
of one server and gives others. Only runs that try names are changed; the rest stays.

A change is a function (lines, sources, rng, known) -> lines; it may write into sources.of
which addresses stand for a labelled source now. Lines are the caller's own copies.
"""
import re
from collections import defaultdict

import labset

REPLY_TAIL = re.compile(r" (NOERROR|NXDOMAIN|SERVFAIL|REFUSED|FORMERR|NOTIMPL?) [0-9.]+ [01] \d+$")


def known_names(lines, rows):
    """Per zone (last two labels), names that at least three benign sources asked."""
    benign = {row["source_ip"] for row in rows if row["label"].startswith("benign:")}
    askers = defaultdict(set)
    for line in lines:
        if line.is_request and line.client in benign:
            askers[line.name].add(line.client)
    known = defaultdict(list)
    for name, clients in sorted(askers.items()):
        if len(clients) >= 3 and name.count(".") > 1 and not name.startswith("_"):
            known[zone_of(name)].append(name)
    return known


def zone_of(name):
    return ".".join(name.split(".")[-2:])


def runs(lines, sources):
    """{address: [lines of one name, by first time]} of the sources that try names."""
    tried = {row["source_ip"] for row in sources.rows if row["label"] in labset.BY_NAMES}
    groups = {address: {} for address in tried}
    for line in lines:
        if line.client in tried and line.name:
            groups[line.client].setdefault(line.name, []).append(line)
    return {address: list(of.values()) for address, of in groups.items() if of}


def by_time(lines):
    return sorted(lines, key=lambda line: line.time)


def unchanged(lines, _sources, _rng, _known):
    return lines


def shuffled(lines, sources, rng, _known):
    """The list in another order, at the same moments."""
    for groups in runs(lines, sources).values():
        starts = [group[0].time for group in groups]
        for group, start in zip(rng.sample(groups, len(groups)), starts):
            shift = start - group[0].time
            for line in group:
                line.move(line.time + shift)
    return by_time(lines)


def diluted(lines, sources, rng, known):
    """Ten known names of the same zone between any two names of the list."""
    added = []
    for groups in runs(lines, sources).values():
        names = known.get(zone_of(groups[0][0].name)) or next(iter(known.values()), [])
        for group in groups if names else []:
            for name in rng.choices(names, k=10):
                for line in group:
                    twin = line.copy()
                    twin.rename(name)
                    twin.text = twin.text.replace(" NXDOMAIN ", " NOERROR ")
                    if " would rate limit " not in twin.text:
                        added.append(twin)
    return by_time(lines + added)


def slowed(lines, sources, _rng, _known):
    """One name a minute, over as many days as that takes."""
    for groups in runs(lines, sources).values():
        start = groups[0][0].time
        for i, group in enumerate(groups):
            shift = start + 60 * i - group[0].time
            for line in group:
                line.move(line.time + shift)
    return by_time(lines)


def spread(make):
    """A change that deals the names out to the addresses that `make(rng)` gives; those of a
    campaign come from one heap."""
    def change(lines, sources, rng, _known):
        together = {row["source_ip"] for row in sources.rows if row["label"] in labset.CAMPAIGNS}
        heap = make(rng)
        for address, groups in runs(lines, sources).items():
            addresses = heap if address in together else make(rng)
            used = set()
            for group in groups:
                new = rng.choice(addresses)
                used.add(new)
                for line in group:
                    old_network = network_text(address)
                    line.readdress(new)
                    line.text = line.text.replace(old_network, network_text(new))
            sources.of[address] = sorted(used)
        return lines
    return change


def network_text(address):
    """The network as a rate-limit line names it."""
    if ":" in address:
        return f"response to {':'.join(address.split(':')[:3])}::/56"
    return f"response to {address.rsplit('.', 1)[0]}.0/24"


def slash24(rng):
    net = f"77.{rng.randint(1, 250)}.{rng.randint(1, 250)}"
    return [f"{net}.{i}" for i in range(1, 255)]


def slash48(rng):
    net = f"2001:db8:{rng.randint(0xa000, 0xefff):x}"
    return [f"{net}:{rng.getrandbits(16):x}::{rng.getrandbits(16):x}" for _ in range(1000)]


def thousand(rng):
    return [f"{rng.randint(60, 90)}.{rng.getrandbits(8)}.{rng.getrandbits(8)}.{rng.randint(1, 254)}"
            for _ in range(1000)]


def lossy(lines, _sources, rng, _known):
    return [line for line in lines if rng.random() >= 0.1]


def without_answers(lines, _sources, _rng, _known):
    """No rcode anywhere: replies, rate limits, failures."""
    kept, has_queries = [], any(line.is_request and line.rcode is None for line in lines)
    for line in lines:
        if line.rcode is not None:
            if has_queries:
                continue
            line.text = REPLY_TAIL.sub("", line.text)
        elif " rate-limit: " in line.text or " query-errors: " in line.text:
            continue
        kept.append(line)
    return kept


def clock_jump(lines, _sources, _rng, _known):
    """In the middle the clock is set back by an hour; the lines stay in order."""
    for line in lines[len(lines) // 2:]:
        if line.style:
            line.move(line.time - 3600)
    return lines


def without_time(lines, _sources, _rng, _known):
    """As BIND writes without print-time; Unbound always writes one."""
    for line in lines:
        if line.style in ("bind", "iso"):
            line.text = line.text[line.stamp_end:].lstrip()
    return lines


# "First night" is every row here: no row has a memory of earlier nights.
ALL = [
    ("unchanged (first night)", unchanged),
    ("list shuffled", shuffled),
    ("diluted 10:1 with known names", diluted),
    ("one name a minute", slowed),
    ("spread over a /24", spread(slash24)),
    ("spread over a /48", spread(slash48)),
    ("spread over 1,000 sources", spread(thousand)),
    ("10 % of all lines lost", lossy),
    ("no answers in the log", without_answers),
    ("clock set back by an hour", clock_jump),
    ("no time in BIND's lines", without_time),
]
