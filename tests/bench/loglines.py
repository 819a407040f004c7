"""Lines of the lab's logs, taken apart as far as the bench must change them: time, client,
name, type. Not digtrail's parser, and on purpose not made from it: the two check each other.
"""
import gzip
import re
from datetime import datetime, timedelta, timezone

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
STAMP = re.compile(
    r"(?P<bind>(\d\d)-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d)\.(\d{3}))|"
    r"(?P<iso>(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|\+00:00)?)|"
    r"(?P<syslog>(\w{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d))|"
    r"\[(?P<epoch>\d+)\]")
BIND_CLIENT = re.compile(r"client (?:@0x[0-9a-f]+ )?([0-9a-f.:]+)#(\d+)(?:/key \S+)? \((.*?)\)")
BIND_QUERY = re.compile(r": query: (\S+) (\S+) (\S+) ")
UNBOUND = re.compile(r"(?:info|query|reply): ([0-9a-f.:]+) (\S+) (\S+) (\S+)(?: ([A-Z]+) .*)?$")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Line:
    """One line. `client` is None for a line that tells of no client's request; `is_request`
    marks the line that stands for the question, not its answer or denial."""
    __slots__ = ("text", "time", "style", "stamp_end", "client", "name", "type", "rcode",
                 "is_request")

    def __init__(self, text, year):
        self.text = text
        self.client = self.name = self.type = self.rcode = None
        self.is_request = False
        self._read_stamp(year)
        self._read_client()

    def _read_stamp(self, year):
        match = STAMP.match(self.text)
        self.time = self.style = None
        self.stamp_end = 0
        if not match:
            return
        group = match.groups()
        self.stamp_end = match.end()
        self.style = match.lastgroup
        if match["bind"]:
            self.style = "bind"
            day, month, y, h, m, s, ms = group[1:8]
            at = datetime(int(y), MONTHS.index(month) + 1, int(day), int(h), int(m), int(s),
                          int(ms) * 1000, timezone.utc)
        elif match["iso"]:
            self.style = "iso"
            y, month, day, h, m, s, fraction = group[9:16]
            at = datetime(int(y), int(month), int(day), int(h), int(m), int(s),
                          int(((fraction or "0") + "000000")[:6]), timezone.utc)
        elif match["syslog"]:
            self.style = "syslog"
            month, day, h, m, s = group[17:22]
            at = datetime(year, MONTHS.index(month) + 1, int(day), int(h), int(m), int(s),
                          0, timezone.utc)
        else:
            self.style = "epoch"
            at = EPOCH + timedelta(seconds=int(match["epoch"]))
        self.time = at.timestamp()

    def _read_client(self):
        match = BIND_CLIENT.search(self.text)
        if match:
            self.client, self.name = match[1], match[3].lower()
            query = BIND_QUERY.search(self.text)
            if query:
                self.is_request = True
                self.type = query[3]
            return
        match = UNBOUND.search(self.text)
        if match and "." in match[2]:
            self.client, self.name = match[1], match[2].lower().rstrip(".")
            self.type, self.rcode = match[3], match[5]
            self.is_request = self.rcode is None

    def at(self, time):
        """The line's text with another time."""
        return stamp(self.style, time) + self.text[self.stamp_end:]

    def move(self, time):
        self.text = self.at(time)
        self.stamp_end = len(stamp(self.style, time)) if self.style else 0
        self.time = time

    def rename(self, name):
        """Puts another name in place of this one's."""
        head, tail = self.text[:self.stamp_end], self.text[self.stamp_end:]
        self.text = head + re.sub(re.escape(self.name) + r"(?=[ ).]|$)", lambda _: name, tail,
                                  flags=re.I)
        self.name = name

    def readdress(self, address):
        """Puts another client in place of this one."""
        self.text = self.text.replace(f" {self.client}#", f" {address}#").replace(
            f": {self.client} ", f": {address} ")
        self.client = address

    def copy(self):
        twin = object.__new__(Line)
        for slot in Line.__slots__:
            setattr(twin, slot, getattr(self, slot))
        return twin


def stamp(style, time):
    """A time in the layout of one of the servers' logs."""
    at = EPOCH + timedelta(seconds=round(time, 3))
    if style == "bind":
        return (f"{at.day:02}-{MONTHS[at.month - 1]}-{at.year} {at:%H:%M:%S}."
                f"{at.microsecond // 1000:03}")
    if style == "iso":
        return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}"
    if style == "syslog":
        return f"{MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S}"
    return f"[{int(time)}]" if style == "epoch" else ""


def open_log(path):
    if str(path).endswith(".gz"):
        return gzip.open(path, "rt", errors="surrogateescape")
    return open(path, errors="surrogateescape")


def read(paths, year):
    """All lines of some logs of one server, by time; lines without one keep their place. What
    has another layout (BIND's channels: rate-limit, security) may be mixed: one file."""
    lines = []
    for path in paths:
        last = 0.0
        with open_log(path) as file:
            for text in file:
                line = Line(text.rstrip("\n"), year)
                if line.time is None:
                    line.time = last
                last = line.time
                lines.append(line)
    if not any(line.is_request for line in lines):  # log-replies without log-queries
        for line in lines:
            line.is_request = line.rcode is not None
    # A question that several channels tell of keeps their order: the sort is stable.
    lines.sort(key=lambda line: line.time)
    return lines


def write(lines, path):
    with open(path, "w", errors="surrogateescape") as file:
        for line in lines:
            file.write(line.text)
            file.write("\n")
