"""What a hoster's night is made of: zones with the names that exist in them, addresses, and
the log that all sources write into. No name or word is taken from digtrail's own lists.
"""
import gzip
import os
import pathlib
import random
import tempfile

DAY = 86_400_000
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
SERVER = "198.51.100.53"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ALNUM = LETTERS + "0123456789"
HEX = "0123456789abcdef"

# What small sites have, what companies have besides: from experience, commonest first.
COMMON = ("www mail ftp webmail autodiscover smtp imap pop autoconfig cpanel blog shop m api dev "
          "test cloud img static cdn").split()
COMPANY = ("vpn owa sip intranet portal git jira wiki crm erp monitor backup db files print sso "
           "remote citrix gw fw proxy ldap nas chat meet stage build repo log stats pay").split()
SYLLABLES = ("ba be bo da de di do fa fi ga go ka ke ki la le li lo lu ma me mi mo na ne no pa pe "
             "pi po ra re ri ro sa se si so ta te ti to va ve vi wa we za zo an en in on ar er or "
             "al el il ol st tr br cr gr").split()


def word(rng, low=2, high=4):
    """A made-up word that can be spoken."""
    return "".join(rng.choices(SYLLABLES, k=rng.randint(low, high)))


def text(rng, chars, n):
    return "".join(rng.choices(chars, k=n))


class Zone:
    __slots__ = ("name", "kind", "hosts")

    def __init__(self, name, kind, hosts):
        self.name, self.kind, self.hosts = name, kind, hosts

    def host(self, rng, power=2.0):
        """A name that exists, popular ones more often."""
        return f"{self.hosts[int(len(self.hosts) * rng.random() ** power)]}.{self.name}"


def typo(rng, name):
    label, _, rest = name.partition(".")
    i = rng.randrange(len(label))
    wrong = rng.choice([label[:i] + label[i + 1:], label[:i] + label[i] + label[i:],
                        label[:i] + rng.choice(LETTERS) + label[i + 1:]])
    return f"{wrong or 'ww'}.{rest}"


class World:
    """Zones, most popular first, with the special ones among them."""

    def __init__(self, rng, zones):
        self.rng = rng
        self.zones, self.taken = [], set()
        platforms = max(3, zones // 500)
        marked = {zones * (i + 1) // (platforms + 2): "platform" for i in range(platforms)}
        for i in range(zones):
            self.zones.append(self._make_zone(marked.get(i) or (
                "company" if rng.random() < 0.13 else "site")))
        self.platforms = [z for z in self.zones if z.kind == "platform"]
        self.companies = [z for z in self.zones if z.kind == "company"]
        self.edge = self._special("edge")        # wildcard, hash names that all exist
        self.blocklist = self._special("dnsbl")  # reversed addresses
        self.hashes = self._special("lookup")    # an antivirus program's hashes
        self.reverse = [f"{rng.randint(1, 254)}.{rng.randint(0, 255)}.100" for _ in range(16)]
        self.reverse = [f"{net}.in-addr.arpa" for net in self.reverse]
        self.reverse6 = "0.5.a.0.8.b.d.0.1.0.0.2.ip6.arpa"
        self.used = set()

    def _make_zone(self, kind):
        rng = self.rng
        while True:
            name = f"{word(rng)}{rng.choice(['', '', '-' + word(rng, 1, 2), str(rng.randint(1, 99))])}"
            name += rng.choice([".example", ".example", ".test", ".invalid"])
            if name not in self.taken:
                break
        self.taken.add(name)
        hosts = COMMON[:rng.randint(2, len(COMMON))]
        if kind != "site":
            hosts += rng.sample(COMPANY, rng.randint(5, len(COMPANY)))
            hosts += [f"{rng.choice(['srv', 'node', 'pc', 'web', 'app', word(rng, 1, 2)])}"
                      f"{rng.randint(1, 60):02}" for _ in range(rng.randint(5, 60))]
            hosts += [word(rng) for _ in range(rng.randint(0, 40))]
        if kind == "platform":
            hosts += [rng.choice([word(rng) + word(rng), f"{word(rng)}-{word(rng)}",
                                  f"{word(rng)}{rng.randint(1, 2030)}"])
                      for _ in range(rng.randint(1500, 4000))]
        return Zone(name, kind, list(dict.fromkeys(hosts)))

    def _special(self, kind):
        zone = self._make_zone("site")
        zone.kind = kind
        self.zones.insert(self.rng.randrange(len(self.zones) // 20 + 1), zone)
        return zone

    def zone(self, power=2.5):
        return self.zones[int(len(self.zones) * self.rng.random() ** power)]

    def edge_name(self):
        rng = self.rng
        first = rng.choice(["d" + text(rng, ALNUM, 13), f"u-{rng.getrandbits(32):08x}",
                            f"r{rng.randint(1, 20)}---sn-{text(rng, ALNUM, 8)}"])
        return f"{first}.c.{self.edge.name}"

    def reversed_v4(self):
        rng = self.rng
        return ".".join(str(rng.randint(1, 254)) for _ in range(4))

    def address(self, v6=0.15):
        """A source address of its own in public documentation-like space; a tenth share a /24."""
        rng = self.rng
        while True:
            if rng.random() < v6:
                net = rng.randint(0x1000, 0xffff)
                address = f"2001:db8:{net:x}:{rng.getrandbits(16):x}::{rng.getrandbits(16) + 1:x}"
            else:
                address = (f"{rng.choice((11, 21, 22, 26, 28, 29, 30, 33, 55))}."
                           f"{rng.getrandbits(8)}.{rng.getrandbits(8)}.{rng.randint(1, 254)}")
            if address not in self.used:
                self.used.add(address)
                return address

    def network(self):
        """The first three octets of an unused /24."""
        return self.address(0).rsplit(".", 1)[0]

    def write_zones(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        head = ("$TTL 3600\n@ IN SOA ns1 hostmaster 1 7200 3600 1209600 300\n@ IN NS ns1\n"
                "@ IN MX 10 mail\n@ IN TXT \"v=spf1 -all\"\n@ IN A 192.0.2.1\nns1 IN A 192.0.2.53\n")
        for zone in self.zones:
            with open(folder / f"{zone.name}.zone", "w") as file:
                file.write(head)
                if zone.kind == "edge":
                    file.write("*.c IN A 192.0.2.2\n")
                elif zone.kind in ("dnsbl", "lookup"):
                    file.write("* IN A 127.0.0.2\n")
                file.writelines(f"{host} IN A 192.0.2.3\n" for host in zone.hosts)
        for zone in self.reverse:
            with open(folder / f"{zone}.zone", "w") as file:
                file.write(head)
                file.writelines(f"{i} IN PTR host{i}.{self.zones[0].name}.\n"
                                for i in range(1, 255, 3))


class Log:
    """Collects lines in any order, writes them sorted, in rotated gzip files."""
    BUCKETS = 48

    def __init__(self, folder, date, limit=60_000):
        self.folder, self.date, self.limit = pathlib.Path(folder), date, limit
        self.spool = tempfile.TemporaryDirectory(dir=self.folder)
        self.buckets = [[] for _ in range(self.BUCKETS)]
        self.lines = 0
        self.sources = []
        self.other = []  # lines of the channels security and xfer-out: (ms, text)

    def add(self, ms, line):
        ms = int(ms) % DAY
        bucket = self.buckets[ms * self.BUCKETS // DAY]
        bucket.append(f"{ms:08d}{line}")
        self.lines += 1
        if len(bucket) >= self.limit:
            self._spill(ms * self.BUCKETS // DAY)

    def _spill(self, i):
        with open(os.path.join(self.spool.name, str(i)), "a") as file:
            file.write("\n".join(self.buckets[i]))
            file.write("\n")
        self.buckets[i].clear()

    def _stamp(self, ms):
        s = ms // 1000
        return (f"{self.date.day:02}-{MONTHS[self.date.month - 1]}-{self.date.year} "
                f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}.{ms % 1000:03}")

    def finish(self, files=4):
        """The newest file has no number, as a rotating server leaves them."""
        for k in range(files):
            suffix = f".{files - 1 - k}" if k < files - 1 else ""
            path = self.folder / f"bind-queries.log{suffix}.gz"
            with gzip.open(path, "wt", compresslevel=3) as out:
                for i in range(k * self.BUCKETS // files, (k + 1) * self.BUCKETS // files):
                    self._spill(i)
                    with open(os.path.join(self.spool.name, str(i))) as file:
                        lines = sorted(line for line in file if len(line) > 8)
                    out.writelines(self._stamp(int(line[:8])) + line[8:] for line in lines)
        with open(self.folder / "bind-security.log", "w") as out:
            out.writelines(f"{self._stamp(ms)} {line}\n" for ms, line in sorted(self.other))
        self.spool.cleanup()


class Source:
    """One address that asks; counts what it asked for its row of labels.tsv."""

    def __init__(self, log, rng, address, label, tool, flags, fixed_port=False):
        self.log, self.rng, self.address = log, rng, address
        self.label, self.tool, self.flags = label, tool, flags
        self.head = f" queries: info: client @0x7f{rng.getrandbits(40):010x} {address}#"
        self.port = rng.randint(1024, 65535) if fixed_port else None
        self.count, self.first, self.last = 0, DAY, 0
        log.sources.append(self)

    def ask(self, ms, name, qtype="A", flags=None, key=""):
        ms = int(ms) % DAY
        port = self.port or self.rng.randint(1024, 65535)
        self.log.add(ms, f"{self.head}{port}{key} ({name}): view external: query: {name} IN "
                         f"{qtype} {flags or self.flags} ({SERVER})")
        self.count += 1
        self.first, self.last = min(self.first, ms), max(self.last, ms)

    def chaos(self, ms, name):
        ms = int(ms) % DAY
        self.log.add(ms, f"{self.head}{self.rng.randint(1024, 65535)} ({name}): view external: "
                         f"query: {name} CH TXT {self.flags} ({SERVER})")
        self.count += 1
        self.first, self.last = min(self.first, ms), max(self.last, ms)

    def denied(self, ms, zone, qtype="AXFR"):
        self.log.other.append((int(ms) % DAY, (
            f"security: error:{self.head.split(':', 2)[2]}{self.port or 53001} ({zone}): view "
            f"external: zone transfer '{zone}/{qtype}/IN' denied")))


def evening(rng):
    """A moment of the day; nights are quiet, evenings are not."""
    while True:
        ms = rng.randrange(DAY)
        hour = ms / 3_600_000
        if rng.random() < 0.35 + 0.65 * min(1, abs((hour - 4) % 24) / 14):
            return ms


def mixed_case(rng, name):
    return "".join(c.upper() if rng.getrandbits(1) else c for c in name)


def seeded(seed, purpose):
    """Independent streams: adding a source of one kind does not change the others."""
    return random.Random(f"{seed}/{purpose}")
