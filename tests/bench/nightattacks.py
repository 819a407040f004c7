"""A few attacks of each kind, and floods, for the large night. The word lists are made here
or, at run time, read from what is installed; none is digtrail's own.
"""
import pathlib

from nightworld import ALNUM, DAY, HEX, LETTERS, Source, seeded, text, word

TYPES_STD = "SOA NS MX TXT A AAAA CAA DNSKEY".split()
INSTALLED = {
    "dnsmap-tla": "/usr/share/dnsmap/wordlist_TLAs.txt",
    "nmap-vhosts": "/usr/share/nmap/nselib/data/vhosts-full.lst",
    "dictionary": "/usr/share/dict/words",
}
SERVICES = ("_sip._tcp _sips._tcp _sip._udp _xmpp-client._tcp _xmpp-server._tcp _ldap._tcp "
            "_kerberos._udp _kerberos._tcp _gc._tcp _autodiscover._tcp _caldav._tcp _carddav._tcp "
            "_imaps._tcp _pop3s._tcp _submission._tcp _stun._udp _turn._udp _h323cs._tcp "
            "_finger._tcp _ntp._udp _minecraft._tcp _matrix._tcp _vlmcs._tcp _jabber._tcp").split()


def word_lists(rng, installed):
    """name -> words in the order in which a tool would try them."""
    products = [word(rng, 1, 2) for _ in range(40)]
    stages = ["prod", "stg", "qa", "uat", "int", "pre", "live"]
    lists = {
        "numbered": [f"{p}{n:02}" for p in ["host", "mx", "esx", "rtr", "sw", "cam"] for n in range(1, 60)],
        "permuted": [f"{p}{sep}{s}" for p in products for s in stages for sep in ("-", "")],
        "spoken": list(dict.fromkeys(word(rng, 1, 3) for _ in range(1500))),
        "towns": sorted({word(rng, 2, 3) for _ in range(900)}),
        "letters": [a + b + c for a in LETTERS[:12] for b in LETTERS[:12] for c in LETTERS[:12]],
        "services": [f"{s}{i}" for s in ("ns", "dns", "relay", "edge", "lb", "nat", "core", "bgp",
                                         "dc", "exch", "sql", "ora", "sap") for i in ("", 1, 2, 3)],
    }
    for name, path in INSTALLED.items():
        if installed and pathlib.Path(path).exists():
            words = [w for w in pathlib.Path(path).read_text(errors="replace").split()
                     if w.isascii() and w.replace("-", "").isalnum()]
            lists[name] = words[:5000]
    return lists


# tool -> (flags, types of each name, pause in ms, shuffled): how tools of these manners ask.
MANNERS = {
    "stub-a": ("+", ("A",), 40, False),
    "stub-pair": ("+E(0)", ("A", "AAAA"), 25, False),
    "cookie": ("+E(0)K", ("A",), 8, False),
    "many-at-once": ("+", ("A",), 1, True),
    "three-types": ("+E(0)", ("CNAME", "A", "AAAA"), 60, False),
    "own-resolver": ("-E(0)D", ("A",), 20, False),
    "own-resolver-pair": ("-E(0)DC", ("A", "AAAA"), 20, True),
}


class Attacks:
    def __init__(self, world, log, seed, size, installed=True):
        self.world, self.log, self.size = world, log, size
        self.rng = seeded(seed, "attacks")
        self.lists = word_lists(self.rng, installed)

    def source(self, label, tool, flags, address=None):
        return Source(self.log, self.rng, address or self.world.address(0.1), label, tool, flags)

    def target(self):
        """A zone that people want to map: companies and platforms, also unpopular ones."""
        return self.rng.choice(self.rng.choice([self.world.companies, self.world.platforms]))

    def words(self, most):
        name = self.rng.choice(sorted(self.lists))
        words = self.lists[name]
        first = self.rng.randrange(max(1, len(words) - most))
        return name, words[first:first + most]

    def brute(self):
        rng = self.rng
        for manner, (flags, types, pause, shuffled) in MANNERS.items():
            for _ in range(2):
                name, words = self.words(rng.randint(120, 2000))
                words = rng.sample(words, len(words)) if shuffled else words
                zone, src = self.target().name, self.source("brute", f"{manner}/{name}", flags)
                moment = rng.randrange(DAY - 3_600_000)
                for w in [text(rng, ALNUM, 12)] * rng.randint(0, 3) + words:
                    for qtype in types:
                        src.ask(moment, f"{w}.{zone}", qtype)
                        moment += rng.random() * 2 * pause

    def slow(self):
        rng = self.rng
        for flags, tool in (("+", "slow-stub"), ("+E(0)K", "slow-cookie"), ("-E(0)D", "slow-resolver")):
            name, words = self.words(rng.randint(150, 400))
            zone, src = self.target().name, self.source("brute_slow", f"{tool}/{name}", flags)
            step = DAY / (len(words) + 1)
            for k, w in enumerate(words):
                src.ask((k + rng.random()) * step, f"{w}.{zone}", "A")

    def distributed(self):
        """Fifty sources, one /24, and a thousand sources with a few names each."""
        rng, net = self.rng, self.world.network()
        groups = [("spread-50", [self.world.address() for _ in range(50)], 2500),
                  ("spread-24", [f"{net}.{i}" for i in rng.sample(range(1, 255), 120)], 3000),
                  ("spread-1000", [self.world.address() for _ in range(1000)], 4500)]
        for tool, addresses, most in groups:
            words = self.lists["spoken"] + self.lists["numbered"] + self.lists["towns"] + self.lists["permuted"]
            words = rng.sample(words, min(most, len(words)))
            zone, start = self.target().name, rng.randrange(DAY - 7_200_000)
            sources = [self.source("brute_distributed", tool, "-E(0)D", a) for a in addresses]
            for k, w in enumerate(words):
                sources[k % len(sources)].ask(start + k * 1200, f"{w}.{zone}", "A")

    def walks(self):
        rng = self.rng
        for tool in ("nul-labels", "nsec-type"):
            zone, src = self.target(), self.source("nsec_walk", tool, "+E(0)D")
            moment = rng.randrange(DAY - 3_600_000)
            src.ask(moment, zone.name, "SOA")
            for host in sorted(zone.hosts)[:300]:
                moment += rng.randint(20, 200)
                if tool == "nul-labels":
                    src.ask(moment, f"\\000.{host}.{zone.name}", "DS")
                else:
                    src.ask(moment, f"{host}.{zone.name}", "NSEC")
        zone, src = self.target().name, self.source("nsec3", "hex-counter", "+E(0)D")
        moment = rng.randrange(DAY - 3_600_000)
        for qtype in ("DNSKEY", "SOA", "NSEC3PARAM"):
            src.ask(moment, zone, qtype)
        number = 0
        for _ in range(180):
            number += rng.randint(1, 40)
            moment += rng.randint(5, 60)
            src.ask(moment, f"{number:x}.{zone}", "A")

    def reverse(self):
        rng = self.rng
        for tool, share in (("ascending", 1), ("shuffled", 1), ("half", 0.5)):
            net, src = rng.choice(self.world.reverse), self.source("ptr_sweep", tool, "+")
            hosts = list(range(256))[:int(256 * share)]
            hosts = rng.sample(hosts, len(hosts)) if tool == "shuffled" else hosts
            moment = rng.randrange(DAY - 3_600_000)
            for i in hosts:
                src.ask(moment, f"{i}.{net}", "PTR")
                moment += rng.randint(5, 90)
        src, name = self.source("ptr6_walk", "nibbles", "+E(0)"), self.world.reverse6
        moment = rng.randrange(DAY - 3_600_000)
        for _ in range(18):
            for nibble in HEX:
                src.ask(moment, f"{nibble}.{name}", "PTR")
                moment += 15
            name = f"{rng.choice(HEX)}.{name}"

    def records(self):
        rng = self.rng
        for tool in ("service-list", "service-list-2"):
            zone, src = self.target().name, self.source("srv_enum", tool, "+")
            moment = rng.randrange(DAY - 3_600_000)
            for service in rng.sample(SERVICES, 18):
                src.ask(moment, f"{service}.{zone}", "SRV")
                moment += rng.randint(10, 100)
        for tool in ("collector", "collector-2", "collector-3"):
            src, moment = self.source("std_records", tool, "+E(0)K"), rng.randrange(DAY - 3_600_000)
            for zone in [self.target().name for _ in range(rng.choice([1, 1, 4]))]:
                for qtype in TYPES_STD:
                    src.ask(moment, zone, qtype)
                for front in ("_dmarc", "_mta-sts", "_smtp._tls", "default._bimi"):
                    src.ask(moment + 50, f"{front}.{zone}", "TXT")
                for selector in rng.sample("google selector1 k1 s1 mail zoho mandrill".split(), 5):
                    src.ask(moment + 90, f"{selector}._domainkey.{zone}", "TXT")
                moment += 500
        src, moment = self.source("any", "any-list", "+E(0)K"), rng.randrange(DAY - 3_600_000)
        zone = self.target()
        for host in rng.sample(zone.hosts, min(20, len(zone.hosts))):
            src.ask(moment, f"{host}.{zone.name}", "ANY")
            moment += 300
        for _ in range(4):
            src = self.source("chaos", "fingerprint", "+")
            moment = rng.randrange(DAY - 3_600_000)
            for k, name in enumerate(("version.bind", "hostname.bind", "id.server")):
                src.chaos(moment + 200 * k, name)

    def transfers(self):
        rng = self.rng
        for tool, zones in (("one", 1), ("one-2", 1), ("some", 5), ("many", 60)):
            src, moment = self.source("axfr", tool, "+T"), rng.randrange(DAY - 3_600_000)
            for zone in rng.sample(self.world.zones, min(zones, len(self.world.zones))):
                src.ask(moment, zone.name, "AXFR")
                src.denied(moment, zone.name)
                moment += rng.randint(20, 2000)
        src, moment = self.source("ixfr", "old-serial", "+T"), rng.randrange(DAY - 3_600_000)
        zone = self.target().name
        src.ask(moment, zone, "IXFR")
        src.denied(moment, zone, "IXFR")

    def floods(self):
        """Random names against three zones from many sources, in three manners."""
        rng = self.rng
        for tool, chars, low, high, below, flags in (
                ("letters", LETTERS, 6, 12, "", "-E(0)"), ("alnum", ALNUM, 8, 16, "", "-E(0)D"),
                ("below-www", ALNUM, 5, 10, ".www", "+")):
            zone, start = self.world.zone().name, rng.randrange(DAY - 7_200_000)
            sources = [self.source("flood", tool, flags) for _ in range(max(20, self.size // 12500))]
            for k in range(max(2000, self.size // 100)):
                label = text(rng, chars, rng.randint(low, high)) + below
                rng.choice(sources).ask(start + k * 5, f"{label}.{zone}", "A")
        src, moment = self.source("tunnel", "base32", "-E(0)"), rng.randrange(DAY - 3_600_000)
        zone = self.world.zone().name
        for k in range(800):
            src.ask(moment + k * 60, f"{text(rng, ALNUM, 52)}.t.{zone}", rng.choice(["TXT", "NULL"]))

    def all_kinds(self):
        for part in (self.brute, self.slow, self.distributed, self.walks, self.reverse,
                     self.records, self.transfers, self.floods):
            part()
