#!/usr/bin/env python3
"""The judge is judged: scripts/accuracy.py on reports made by hand."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
sys.dont_write_bytecode = True
import accuracy  # noqa: E402


def finding(kind, level, addresses=(), contributors=(), prefix=None, suppressed=None):
    return {"kind": kind, "level": level, "suppressed": suppressed,
            "actor": {"addresses": list(addresses), "prefix": prefix},
            "contributors": {"addresses": list(contributors)}}


def row(label, address, tool="t", queries="1"):
    return {"label": label, "source_ip": address, "tool": tool, "queries": queries}


def score(rows, *findings):
    return accuracy.score(rows, accuracy.Findings({"findings": findings}))


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
        self.assertEqual(accuracy.compare_requests(rows, report),
                         (1, [("192.0.2.2", 4, 5), ("192.0.2.3", 1, None)]))

    def test_servers_are_known_by_file_name(self):
        for name, server in {"bind-queries.log.1.gz": "bind-auth", "bind-xfer.log": "bind-auth",
                             "bind-recursive-queries.log-2026031006.gz": "bind-recursive",
                             "unbound-isp1-syslog.log.gz": "unbound-isp1",
                             "unbound-office.log-2026031006.gz": "unbound-office",
                             "labels.tsv": None, "README.md": None}.items():
            self.assertEqual(accuracy.server_of(name), server, name)


if __name__ == "__main__":
    unittest.main(verbosity=0)
