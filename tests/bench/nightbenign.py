"""Everybody who is innocent in a hoster's night, one function per look-alike of DETECTION.md 5
and 14.14. Each takes the crowd and the number of lines it may write.
"""
import hashlib

from nightworld import (DAY, LETTERS, Source, evening, mixed_case, seeded, text, typo)

MIXED = ["A"] * 50 + ["AAAA"] * 24 + ["HTTPS"] * 12 + ["MX"] * 4 + ["TXT"] * 4 + ["NS"] * 2 + [
    "SOA", "DS", "CAA", "SRV"]
APEX_TYPES = {"MX", "NS", "SOA", "DS", "CAA", "TXT"}
VALIDATING = ["-E(0)DC", "-E(0)D", "-E(0)DV", "-E(0)DK"]
SELECTORS = ("selector1 selector2 google s1 s2 k1 k2 dkim default mail smtp mandrill fm1 fm2 "
             "protonmail zoho mxvault").split()
PUBLIC = "www.bing.com login.live.com update.vendor.net cdn.shop.org api.maps.com".split()


class Crowd:
    def __init__(self, world, log, seed):
        self.world, self.log, self.seed = world, log, seed

    def source(self, rng, kind, flags, address=None):
        return Source(self.log, rng, address or self.world.address(), f"benign:{kind}", "-", flags)


def client_name(world, rng, tail=2.0):
    """What people want: mostly popular names of popular zones, sometimes hash names of a
    content network, sometimes the long tail of a platform, sometimes a mistake."""
    r = rng.random()
    if r < 0.04:
        return world.edge_name()
    if r < 0.10:
        return rng.choice(world.platforms).host(rng, 1.0)
    zone = world.zones[int(len(world.zones) * rng.random() ** 2.5)]
    if r < 0.25:
        return zone.name
    name = zone.host(rng, tail)
    return typo(rng, name) if r > 0.98 else name


def service_name(world, rng):
    zone = world.zones[int(len(world.zones) * rng.random() ** 2.5)]
    first = rng.choice(["_dmarc", "_domainkey", "_sip._tcp", "_25._tcp.mail", "_mta-sts",
                        "_autodiscover._tcp"])
    return f"{first}.{zone.name}"


def resolvers_big(crowd, lines):
    """Public and ISP resolvers: all types, again whenever a TTL has run out, half of them with
    QNAME minimisation, some with 0x20."""
    world, rng = crowd.world, seeded(crowd.seed, "big")
    n = max(4, lines // 25000)
    for i in range(n):
        src = crowd.source(rng, "resolver_big", rng.choice(VALIDATING))
        minimises, mixes = i % 2 == 0, i % 3 == 0
        left = lines // n
        while left > 0:
            name, qtype = client_name(world, rng), rng.choice(MIXED)
            if qtype in APEX_TYPES:
                name = name.split(".", 1)[1] if name.count(".") > 1 else name
            if rng.random() < 0.03:
                name, qtype = service_name(world, rng), rng.choice(["TXT", "SRV", "TLSA"])
            shown = mixed_case(rng, name) if mixes else name
            moment = evening(rng)
            again = min(1 + int(rng.paretovariate(1.0)), 24)
            if minimises and rng.random() < 0.3:
                src.ask(moment, name.split(".", 1)[1] if name.count(".") > 1 else name,
                        rng.choice(["NS", "A"]))
                left -= 1
            for k in range(min(again, left)):
                src.ask(moment + k * 3_600_000, shown, qtype)
            left -= again


def resolvers_a_once(crowd, lines):
    """DETECTION.md 14.14, the hard ones: a forwarder in front of devices that only know IPv4,
    with a cache that outlives the day: A only, each name once."""
    world, rng = crowd.world, seeded(crowd.seed, "once")
    n = max(6, lines // 6000)
    for i in range(n):
        src = crowd.source(rng, "resolver_a_once", rng.choice(VALIDATING + ["-E(0)", "-"]))
        asked = set()
        for _ in range(lines // n):
            name = client_name(world, rng)
            if name not in asked:
                asked.add(name)
                src.ask(evening(rng), name)


def cluster_nodes(crowd, lines):
    """A node of a cluster and its search list: each name of ours once as asked, A and AAAA, and
    many times with what the search list appends."""
    world, rng = crowd.world, seeded(crowd.seed, "cluster")
    n = max(2, lines // 2000)
    for _ in range(n):
        src = crowd.source(rng, "cluster_node", "+E(0)")
        zone = rng.choice(world.companies)
        for _ in range(lines // n // 4):
            moment, service = evening(rng), f"{rng.choice(zone.hosts)}.{rng.choice(['svc', 'prod'])}"
            for name in (f"{service}.cluster.local.{zone.name}", f"{rng.choice(zone.hosts)}.{zone.name}"):
                for qtype in ("A", "AAAA"):
                    src.ask(moment, name, qtype)


def resolvers_small(crowd, lines, sources):
    world, rng = crowd.world, seeded(crowd.seed, "small")
    left = lines
    for i in range(sources):
        src = crowd.source(rng, "resolver_small", rng.choice(VALIDATING + ["-E(0)", "-", "-E(0)T"]))
        types = rng.choice([["A"], ["A", "AAAA"], MIXED])
        moment = evening(rng)
        for _ in range(min(1 + int(rng.paretovariate(0.9)), 400, max(1, left))):
            name, qtype = client_name(world, rng), rng.choice(types)
            if qtype in APEX_TYPES and name.count(".") > 1:
                name = name.split(".", 1)[1]
            src.ask(moment + rng.gauss(0, DAY / 12), name, qtype)
            left -= 1


def mail_servers(crowd, lines):
    world, rng = crowd.world, seeded(crowd.seed, "mail")
    n = max(5, lines // 40)
    for _ in range(n):
        src = crowd.source(rng, "mail", rng.choice(["-E(0)", "-E(0)D", "-", "+E(0)K"]))
        left = lines // n
        while left > 0:
            domain, moment = world.zone().name, evening(rng)
            chain = [(domain, "MX"), ("mail." + domain, "A"), ("mail." + domain, "AAAA"),
                     ("_25._tcp.mail." + domain, "TLSA"), (domain, "TXT"),
                     ("_dmarc." + domain, "TXT"),
                     (f"{rng.choice(SELECTORS)}._domainkey.{domain}", "TXT"),
                     ("_mta-sts." + domain, "TXT"), ("mta-sts." + domain, "A"), (domain, "SPF")]
            for name, qtype in chain[rng.randint(0, 2):rng.randint(3, 11)]:
                src.ask(moment, name, qtype)
                left -= 1
                moment += rng.random() * 300


def block_lists(crowd, lines):
    """Mail servers at our block list; antivirus programs with their hashes."""
    world, rng = crowd.world, seeded(crowd.seed, "lists")
    n = max(2, lines // 3000)
    for i in range(n):
        kind = "dnsbl" if i % 2 else "antivirus"
        src = crowd.source(rng, kind, rng.choice(["-E(0)", "-E(0)D", "+"]))
        for _ in range(lines // n):
            if i % 2:
                name = f"{world.reversed_v4()}.{world.blocklist.name}"
            else:
                digest = hashlib.md5(str(rng.random()).encode()).hexdigest()
                name = f"{digest}.{rng.choice('fu')}.{world.hashes.name}"
            src.ask(evening(rng), name, rng.choice(["A", "A", "A", "TXT"]))


def content_network(crowd, lines):
    """Clients of a content network: every name is asked once, and every name exists."""
    world, rng = crowd.world, seeded(crowd.seed, "edge")
    n = max(2, lines // 1500)
    for _ in range(n):
        src = crowd.source(rng, "cdn", rng.choice(VALIDATING))
        for _ in range(lines // n):
            src.ask(evening(rng), world.edge_name(), rng.choice(["A", "A", "AAAA", "HTTPS"]))


def monitors(crowd, lines):
    world, rng = crowd.world, seeded(crowd.seed, "monitor")
    n = max(2, lines // 6000)
    for i in range(n):
        src = crowd.source(rng, "monitor", "+" if i % 2 else "-E(0)")
        names = [rng.choice(world.companies).host(rng, 1.0) for _ in range(rng.choice([5, 30, 200]))]
        if i % 5 == 4:  # one customer's inventory: all names of one zone, in order
            names = sorted(f"{h}.{z.name}" for z in [rng.choice(world.companies)] for h in z.hosts)
        rounds = max(1, lines // n // len(names))
        for k in range(rounds):
            for j, name in enumerate(names):
                src.ask(k * DAY / rounds + j * 2, name, "A" if i % 2 else rng.choice(["A", "AAAA"]))


def search_suffixes(crowd, lines):
    """Desktops and clients that append a customer's domain to everything; WPAD, DNS-SD, the
    locator of domain controllers."""
    world, rng = crowd.world, seeded(crowd.seed, "suffix")
    n = max(3, lines // 150)
    for _ in range(n):
        src = crowd.source(rng, "search_suffix", rng.choice(["-E(0)", "+"]))
        domain = rng.choice(world.companies).name
        for _ in range(lines // n // 2):
            r, moment = rng.random(), evening(rng)
            if r < 0.6:
                name, types = f"{rng.choice(PUBLIC)}.{domain}", ("A", "AAAA")
            elif r < 0.7:
                name, types = f"{text(rng, LETTERS, rng.randint(7, 15))}.{domain}", ("A", "A")
            elif r < 0.8:
                name, types = f"{rng.choice(['wpad', 'isatap'])}.{domain}", ("A", "AAAA")
            elif r < 0.9:
                name = rng.choice(["lb", "b", "db", "_services"]) + f"._dns-sd._udp.{domain}"
                types = ("PTR", "PTR")
            else:
                name = rng.choice(["_ldap._tcp.dc._msdcs", "_kerberos._tcp.site1._sites",
                                   "_ldap._tcp.site1._sites.dc._msdcs"]) + f".{domain}"
                types = ("SRV", "SRV")
            for qtype in types:
                src.ask(moment, name, qtype)


def crawlers(crowd, lines):
    """Search engines, link checkers, prefetchers: thousands of names that exist, once each.
    Every third one asks A only, every third one stays in one zone."""
    world, rng = crowd.world, seeded(crowd.seed, "crawler")
    n = max(4, lines // 4000)
    for i in range(n):
        src = crowd.source(rng, "crawler", rng.choice(VALIDATING + ["-E(0)"]))
        if i % 3 == 0:
            zone = world.platforms[i // 3 % len(world.platforms)]
            names = [f"{host}.{zone.name}" for host in zone.hosts]
        else:
            names = [f"{host}.{zone.name}" for zone in rng.sample(
                world.zones, min(len(world.zones), lines // n // 8 + 1)) for host in zone.hosts[:30]]
        rng.shuffle(names)
        for k, name in enumerate(names[:lines // n]):
            moment = DAY * k / min(len(names), max(1, lines // n))
            src.ask(moment, name)
            if i % 3 != 1 and rng.random() < 0.5:
                src.ask(moment + 10, name, "AAAA")


def certificates(crowd, lines):
    """Authorities that validate, from several places, and those who watch their logs."""
    world, rng = crowd.world, seeded(crowd.seed, "ca")
    points = [crowd.source(rng, "ca_validation", "-E(0)D") for _ in range(6)]
    watchers = [crowd.source(rng, "ct_monitor", "-E(0)DC") for _ in range(3)]
    for _ in range(lines // 30):
        moment, zone = evening(rng), world.zone(1.2)
        name = zone.host(rng)
        for src in rng.sample(points, rng.choice([1, 4, 5])):
            for question, qtype in [(name, "CAA"), (zone.name, "CAA"), ("_acme-challenge." + name, "TXT"),
                                    (name, "A"), (name, "AAAA")][:rng.randint(3, 5)]:
                src.ask(moment, mixed_case(rng, question), qtype)
                moment += 3
        for src in watchers:  # every new name in a certificate, minutes after it was issued
            for qtype in ("A", "AAAA", "CAA")[:rng.randint(1, 3)]:
                src.ask(moment + rng.randint(60_000, 600_000), name, qtype)


def log_enrichment(crowd, lines):
    """Somebody's log analysis asks the names of addresses in order of arrival, with repeats."""
    world, rng = crowd.world, seeded(crowd.seed, "siem")
    n = max(2, lines // 2000)
    for i in range(n):
        src = crowd.source(rng, "log_enrichment", rng.choice(["-E(0)D", "+"]))
        nets = rng.sample(world.reverse, 3)
        for _ in range(lines // n):
            last = 1 + int(254 * rng.random() ** 2)
            src.ask(evening(rng), f"{last}.{rng.choice(nets)}", "PTR")


def secondaries(crowd, lines):
    """Ours: SOA on every refresh, a transfer after a change, signed."""
    world, rng = crowd.world, seeded(crowd.seed, "secondary")
    for i in range(2):
        src = crowd.source(rng, "secondary", "-SE(0)")
        zones = world.zones[:max(10, lines // 2)]
        for zone in zones:
            moment = rng.randrange(DAY)
            src.ask(moment, zone.name, "SOA", key="/key xfer-key")
            if rng.random() < 0.02:
                src.ask(moment + 20, zone.name, "IXFR", "-ST", key="/key xfer-key")


def researchers(crowd, lines):
    """The same 8 to 12 types at apex and www of every zone, every day."""
    world, rng = crowd.world, seeded(crowd.seed, "research")
    types = "SOA NS A AAAA MX TXT DNSKEY CAA DS NSEC3PARAM CDS HTTPS".split()
    for i in range(3):
        src = crowd.source(rng, "research", rng.choice(["-E(0)D", "+E(0)D"]))
        mine, left = types[:rng.randint(8, 12)], lines // 3
        for zone in rng.sample(world.zones, len(world.zones)):
            if left <= 0:
                break
            moment = rng.randrange(DAY)
            for qtype in mine:
                src.ask(moment, zone.name, qtype)
            for qtype in ("A", "AAAA"):
                src.ask(moment + 5, "www." + zone.name, qtype)
            src.ask(moment + 9, "_dmarc." + zone.name, "TXT")
            left -= len(mine) + 3


def broken_programs(crowd, lines):
    """One wrong name, for ever; and a program that counts up a version in the name."""
    world, rng = crowd.world, seeded(crowd.seed, "broken")
    n = max(2, lines // 4000)
    for i in range(n):
        src = crowd.source(rng, "broken", rng.choice(["+", "-E(0)"]))
        names = [typo(rng, world.zone().host(rng)) for _ in range(1 if i % 2 else 8)]
        for _ in range(lines // n):
            src.ask(rng.randrange(DAY), rng.choice(names), "A")


def own_inventory(crowd, lines):
    """A customer's own tool resolves its whole fleet every night: every name of one company,
    once, A only, with recursion desired. It has the zone, so it looks like a perfect guesser:
    without zone data nothing tells the two apart."""
    world, rng = crowd.world, seeded(crowd.seed, "fleet")
    zone = rng.choice(world.companies)
    src = crowd.source(rng, "own_inventory", "+E(0)K")
    for k, host in enumerate(rng.sample(zone.hosts, min(len(zone.hosts), max(20, lines)))):
        src.ask(3_600_000 + k * 300, f"{host}.{zone.name}", "A")


# (function, share of all lines); what is left goes to the small resolvers.
SHARES = [
    (resolvers_big, 0.34), (resolvers_a_once, 0.05), (cluster_nodes, 0.02), (mail_servers, 0.06),
    (block_lists, 0.03), (content_network, 0.03), (monitors, 0.06), (search_suffixes, 0.02),
    (crawlers, 0.03), (certificates, 0.03), (log_enrichment, 0.02), (secondaries, 0.006),
    (researchers, 0.05), (broken_programs, 0.02), (own_inventory, 0.0005),
]


def all_kinds(crowd, lines, sources):
    for function, share in SHARES:
        function(crowd, int(lines * share))
    resolvers_small(crowd, max(sources, 0), sources)
    left = lines - crowd.log.lines
    if left > 0:  # the rest are resolvers with many clients behind them
        resolvers_big_again(crowd, left)


def resolvers_big_again(crowd, lines):
    """Resolvers of middle size: a company's, a school's."""
    world, rng = crowd.world, seeded(crowd.seed, "middle")
    n = max(2, lines // 1500)
    for i in range(n):
        src = crowd.source(rng, "resolver_middle", rng.choice(VALIDATING + ["-E(0)", "-"]))
        types = rng.choice([["A", "A", "AAAA"], MIXED, MIXED])
        left = lines // n
        while left > 0:
            name, qtype, moment = client_name(world, rng), rng.choice(types), evening(rng)
            if qtype in APEX_TYPES and name.count(".") > 1:
                name = name.split(".", 1)[1]
            again = min(1 + int(rng.paretovariate(1.2)), 12, left)
            for k in range(again):
                src.ask(moment + k * 5_400_000, name, qtype)
            left -= again
