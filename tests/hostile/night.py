"""The log of a night in which every hostile name was asked and its zone transferred."""
import pathlib

HERE = pathlib.Path(__file__).resolve().parent


def names():
    """The names as bytes, in the order of names.txt."""
    lines = (HERE / "names.txt").read_text(encoding="ascii").splitlines()
    return [line.encode().decode("unicode_escape").encode("latin-1")
            for line in lines if line and not line.startswith("# ")]


def presented(name):
    """As a nameserver writes it: bytes beyond ASCII as \\DDD, a backslash before its own marks.

    A backslash of names.txt is the server's already, and stays.
    """
    out = bytearray()
    for byte in name:
        if byte < 0x21 or byte > 0x7e:
            out += b"\\%03d" % byte
        elif byte in b'"();@$':
            out += b"\\%c" % byte
        else:
            out.append(byte)
    return bytes(out)


def lines_of(at, client, name):
    """The query and the transfer of one name."""
    client = b"client @0x7f %s#5353 (%s): " % (client, name)
    return [
        at + b"00.000 queries: info: " + client + b"query: %s IN AXFR -T (192.0.2.53)" % name,
        at + b"00.100 xfer-out: info: " + client +
        b"transfer of '%s/IN': AXFR started (serial 7)" % name,
        at + b"00.200 xfer-out: info: " + client +
        b"transfer of '%s/IN': AXFR ended: 1 messages, 12 records, 600 bytes, "
        b"0.001 secs (600000 bytes/sec) (serial 7)" % name,
    ]


def log():
    """Each name as a server writes it and, from another address, byte by byte: a forged line."""
    out = []
    for i, name in enumerate(names()):
        at = b"10-Mar-2026 10:%02d:" % (i % 60)
        out += lines_of(at, b"198.51.100.%d" % (i + 1), presented(name))
        out += lines_of(at, b"203.0.113.%d" % (i + 1), name)
    return b"\n".join(out) + b"\n"
