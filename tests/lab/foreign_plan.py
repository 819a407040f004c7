"""Runs of tools that the shared lab does not use, for a plan of ../shared/lab/make/bin/plan.py:
run-foreign.sh puts this behind its groups, in whose place `GROUPS` then stands. Written against
its names: own(), part(), file(), R, ZONES, AUTH, TOP, NAMES."""


def foreign_brute_force():
    z = [R.choice(ZONES) for _ in range(6)]
    gobuster = "gobuster dns -q -z --no-error --wildcard -d %s -w %s -t %d -r %s"
    fast = file("gobuster1", part(TOP, 900, 2500))
    sorted_list = file("gobuster2", sorted(part(NAMES, 500, 1500)))
    through = file("gobuster3", part(TOP, 900, 2000))
    own("brute", "gobuster", gobuster % (z[0], fast, R.randint(5, 20), AUTH))
    own("brute", "gobuster-sorted", gobuster % (z[1], sorted_list, R.randint(2, 6), AUTH))
    own("brute", "gobuster-via-resolver", gobuster % (z[2], through, 10, PUB), via=PUB)
    own("brute", "gobuster-delay", (gobuster % (z[3], file("gobuster4", part(NAMES, 60, 120)), 1, AUTH))
        + " --delay 300ms")
    own("brute", "fierce", f"fierce --domain {z[4]} --dns-servers {AUTH} "
                           f"--subdomain-file {file('fierce', part(NAMES, 200, 500))}")
    own("brute", "dnsenum", f"dnsenum --nocolor --noreverse -p 0 -s 0 -w --threads 5 --dnsserver {AUTH} "
                            f"-f {file('dnsenum', part(NAMES, 400, 1200))} {z[5]}")
    own("brute", "host-loop", "for w in $(cat %s); do host -W 1 -R 1 $w.%s %s; done" % (
        file("host", R.sample(NAMES, 120)), z[0], AUTH))
    own("brute", "nslookup-loop", "for w in $(cat %s); do nslookup -timeout=1 -retry=1 $w.%s %s; done" % (
        file("nslookup", part(TOP, 60, 120)), z[1], AUTH))


def foreign_slow():
    own("brute_slow", "host-slow", "for w in $(cat %s); do host -W 1 -R 1 -t A $w.%s %s; sleep .05; done" % (
        file("hostslow", part(NAMES, 150, 300)), R.choice(ZONES), AUTH), stretch=R.randint(100, 400))


def foreign_dnssec():
    own("nsec_walk", "ldns-walk", f"ldns-walk @{AUTH} {NSEC}")


GROUPS = (transfers, foreign_brute_force, foreign_slow, foreign_dnssec, dnssec_and_reverse, records, servers,
          other_classes)
