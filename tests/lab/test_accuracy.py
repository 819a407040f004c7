#!/usr/bin/env python3
"""The judge is judged: tests/bench on reports and lines made by hand."""
import contextlib
import io
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
sys.dont_write_bytecode = True
import alarmtime  # noqa: E402
import baselines  # noqa: E402
import labset  # noqa: E402
import loglines  # noqa: E402
import recorded  # noqa: E402


def finding(kind, level, addresses=(), contributors=(), prefix=None, suppressed=None):
    return {"kind": kind, "level": level, "suppressed": suppressed,
            "actor": {"addresses": list(addresses), "prefix": prefix},
            "contributors": {"addresses": list(contributors)}}


def row(label, address, tool="t", queries="1"):
    return {"label": label, "source_ip": address, "tool": tool, "queries": queries}


def score(rows, *findings):
    return labset.score(rows, labset.Findings({"findings": findings}))


class Accuracy(unittest.TestCase):
    def test_a_hit_has_the_kind_of_its_label_and_the_level(self):
        rows = [row("brute", "192.0.2.1"), row("brute", "192.0.2.2"), row("brute", "192.0.2.3")]
        hits, _ = score(rows, finding("brute-force", "low", ["192.0.2.1"]),
                        finding("brute-force", "high", ["192.0.2.2"]),
                        finding("transfer", "high", ["192.0.2.3"]))
        self.assertEqual(hits["brute", "t"], [3, 2, 1])

    def test_contributors_are_found_but_not_accused(self):
        f = finding("distributed-enumeration", "medium", contributors=["192.0.2.1", "192.0.2.9"])
        hits, alarms = score([row("brute_distributed", "192.0.2.1"),
                              row("benign:resolver", "192.0.2.9")], f)
        self.assertEqual(hits["brute_distributed", "t"], [1, 1, 1])
        self.assertEqual(alarms["benign:resolver"], [1, 0, 0, 0])

    def test_a_prefix_accuses_everybody_in_it(self):
        f = finding("brute-force", "high", prefix="192.0.2.0/24")
        _, alarms = score([row("benign:x", "192.0.2.7"), row("benign:x", "198.51.100.7")], f)
        self.assertEqual(alarms["benign:x"], [2, 1, 1, 1])

    def test_suppressed_findings_neither_hit_nor_accuse(self):
        f = finding("transfer", "critical", ["192.0.2.1"], suppressed={"by": "secondary"})
        hits, alarms = score([row("axfr", "192.0.2.1"), row("benign:secondary", "192.0.2.1")], f)
        self.assertEqual(hits["axfr", "t"], [1, 0, 0])
        self.assertEqual(alarms["benign:secondary"], [1, 0, 0, 0])

    def test_informational_is_no_alarm_and_not_recon_is_right_for_floods(self):
        _, alarms = score([row("benign:x", "192.0.2.1"), row("flood", "192.0.2.2")],
                          finding("transfer", "informational", ["192.0.2.1"]),
                          finding("not-recon", "medium", ["192.0.2.2"]))
        self.assertEqual(alarms["benign:x"], [1, 0, 0, 0])
        self.assertEqual(alarms["flood"], [1, 0, 0, 0])

    def test_mixed_and_other_sources_do_not_count(self):
        hits, alarms = score([row("mixed:resolver", "192.0.2.1"), row("other:fuzz", "192.0.2.2")],
                             finding("brute-force", "high", ["192.0.2.1", "192.0.2.2"]))
        self.assertFalse(hits or alarms)

    def test_requests_are_compared_by_source(self):
        report = {"sources": [{"address": "192.0.2.1", "requests": 3},
                              {"address": "192.0.2.2", "requests": 5}]}
        rows = [row("brute", "192.0.2.1", queries="2"), row("axfr", "192.0.2.1", queries="1"),
                row("any", "192.0.2.2", queries="4"), row("any", "192.0.2.3", queries="1")]
        self.assertEqual(labset.compare_requests(rows, report),
                         (1, [("192.0.2.2", 4, 5), ("192.0.2.3", 1, None)]))

    def test_servers_are_known_by_file_name(self):
        for name, server in {"bind-queries.log.1.gz": "bind-auth", "bind-xfer.log": "bind-auth",
                             "bind-recursive-queries.log-2026031006.gz": "bind-recursive",
                             "unbound-isp1-syslog.log.gz": "unbound-isp1",
                             "unbound-office.log-2026031006.gz": "unbound-office",
                             "labels.tsv": None, "README.md": None}.items():
            self.assertEqual(labset.server_of(name), server, name)

    def test_intervals_hold_the_share_and_narrow_with_n(self):
        self.assertEqual(labset.wilson(0, 0), (0.0, 1.0))
        low, high = labset.wilson(9, 10)
        self.assertTrue(0.59 < low < 0.61 and 0.98 < high < 0.99)
        low, high = labset.wilson(900, 1000)
        self.assertTrue(low > 0.87 and high < 0.92)

    def test_precision_counts_findings_at_medium_about_attackers(self):
        report = {"findings": [finding("brute-force", "medium", ["192.0.2.1"]),
                               finding("brute-force", "high", ["192.0.2.2"]),
                               finding("brute-force", "low", ["192.0.2.2"]),
                               finding("not-recon", "medium", ["192.0.2.2"]),
                               finding("brute-force", "medium", ["192.0.2.3"])]}
        rows = [row("brute", "192.0.2.1"), row("benign:x", "192.0.2.2"),
                row("mixed:resolver", "192.0.2.3")]
        total, wrong = labset.wrong_findings(report, rows)
        self.assertEqual((total, [f["level"] for f in wrong]), (2, ["high"]))


class Lines(unittest.TestCase):
    BIND = ("10-Mar-2026 01:02:03.004 queries: info: client @0x7f00 192.0.2.1#53 (WWW.example.org):"
            " view external: query: WWW.example.org IN A -E(0)D (192.0.2.53)")
    REPLY = "Mar 10 01:02:03 unbound[1:0] reply: 192.0.2.1 www.example.org. A IN NXDOMAIN 0.1 1 9"
    LIMITED = ("10-Mar-2026 01:02:03.004 rate-limit: info: client @0x7f00 192.0.2.1#53 (a.example):"
               " would rate limit drop NXDOMAIN response to 192.0.2.0/24 for example  (16dc)")

    def test_lines_of_both_servers_are_read(self):
        line = loglines.Line(self.BIND, 2026)
        self.assertEqual((line.client, line.name, line.type, line.is_request),
                         ("192.0.2.1", "www.example.org", "A", True))
        line = loglines.Line(self.REPLY, 2026)
        self.assertEqual((line.client, line.name, line.rcode, line.is_request),
                         ("192.0.2.1", "www.example.org", "NXDOMAIN", False))
        self.assertFalse(loglines.Line(self.LIMITED, 2026).is_request)
        for text in (self.BIND, self.REPLY):
            self.assertAlmostEqual(loglines.Line(text, 2026).time % 86400, 3723, delta=0.01)

    def test_a_line_can_be_moved_renamed_and_readdressed(self):
        line = loglines.Line(self.BIND, 2026)
        line.move(line.time + 86400.5)
        line.rename("ftp.example.org")
        line.readdress("2001:db8::1")
        self.assertEqual(line.text, (
            "11-Mar-2026 01:02:03.504 queries: info: client @0x7f00 2001:db8::1#53 "
            "(ftp.example.org): view external: query: ftp.example.org IN A -E(0)D (192.0.2.53)"))
        line = loglines.Line(self.REPLY, 2026)
        line.rename("ftp.example.org")
        line.readdress("192.0.2.9")
        self.assertIn("reply: 192.0.2.9 ftp.example.org. A IN NXDOMAIN", line.text)

    def test_the_sequential_test_accuses_who_misses(self):
        def reply(client, name, rcode):
            return loglines.Line(f"[1] unbound[1:0] reply: {client} {name}. A IN {rcode} 0.1 1 9",
                                 2026)
        lines = [reply("192.0.2.1", f"a{i}.example", "NXDOMAIN") for i in range(5)]
        lines += [reply("192.0.2.2", f"a{i}.example", "NOERROR") for i in range(50)]
        lines += [reply("192.0.2.3", "same.example", "NXDOMAIN") for _ in range(50)]
        self.assertEqual(baselines.trw(lines, []), {"192.0.2.1"})


class Recorded(unittest.TestCase):
    OLD = {"day-1": {"plain": {"hits brute of 10": ["more", 9], "benign at low of 5": ["fewer", 1]}}}

    def compare(self, **new):
        figures = {"hits brute of 10": ["more", 9], "benign at low of 5": ["fewer", 1]}
        figures.update({key.replace("_", " "): value for key, value in new.items()})
        with contextlib.redirect_stdout(io.StringIO()):
            return recorded.compare(self.OLD, {"day-1": {"plain": figures}})

    def test_the_same_and_the_better_pass(self):
        self.assertEqual(self.compare(), 0)
        self.assertEqual(self.compare(hits_brute_of_10=["more", 10]), 0)
        self.assertEqual(self.compare(benign_at_low_of_5=["fewer", 0]), 0)

    def test_the_worse_and_the_lost_fail(self):
        self.assertEqual(self.compare(hits_brute_of_10=["more", 8]), 1)
        self.assertEqual(self.compare(benign_at_low_of_5=["fewer", 2]), 1)
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(recorded.compare(self.OLD, {"day-1": {"plain": {}}}), 1)
            self.assertEqual(recorded.compare(self.OLD, {"day-2": {}}), 1)

    def test_the_median_is_the_middle(self):
        self.assertEqual(alarmtime.median([5, 1, 3]), 3)
        self.assertEqual(alarmtime.median([4, 1, 3, 2]), 2.5)


if __name__ == "__main__":
    unittest.main(verbosity=0)
