#!/bin/bash
# Speed of digtrail beside tools that do far less on the same lines: ripgrep counts them,
# mawk counts the requests of each source. Runs alternate (A B C A B C ...), the best of each
# counts.	scripts/bench.sh PROGRAM [LINES]
set -euo pipefail
program=${1:?usage: bench.sh PROGRAM [LINES]}
lines=${2:-2000000}
rounds=${ROUNDS:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/queries.log

# A hoster's ordinary night: many sources, many names, most of them asked again and again.
# mawk's generator is seeded, so that every machine measures the same lines.
awk -v lines="$lines" 'BEGIN {
	srand(1)
	split("A A A A AAAA AAAA MX TXT NS SOA HTTPS PTR", types, " ")
	for (i = 0; i < lines; i++) {
		u = rand(); v = rand()
		source = int(60000 * u * u)
		zone = int(2000 * v * v)
		host = int(40 * rand() * rand())
		second = int(i * 86399 / lines)
		name = sprintf("%s.zone%d.example", host ? "host" host : "www", zone)
		printf "10-Mar-2026 %02d:%02d:%02d.%03d queries: info: client @0x7f%010x 10.%d.%d.%d#%d (%s): view external: query: %s IN %s -E(0)DC (192.0.2.1)\n",
			second / 3600, second / 60 % 60, second % 60, i % 1000, i % 4096 * 512,
			source / 65536, source / 256 % 256, source % 256, 1024 + i * 7919 % 60000,
			name, name, types[1 + int(12 * rand())]
	}
}' >"$log"
bytes=$(stat -c %s "$log")
gzip -6 -k "$log"

now() { date +%s%N; }
declare -A best
# measure NAME COMMAND...
measure() {
	local name=$1 start end
	shift
	start=$(now)
	"$@" >/dev/null
	end=$(now)
	local ms=$(((end - start) / 1000000))
	[ -n "${best[$name]-}" ] && [ "${best[$name]}" -le "$ms" ] || best[$name]=$ms
}
count_sources='{ i = index($6, "#"); n[substr($6, 1, i - 1)]++ } END { for (s in n) print s, n[s] }'

for ((round = 0; round < rounds; round++)); do
	measure "digtrail, 1 thread" "$program" -j 1 -f json "$log"
	measure "digtrail, all processors" "$program" -f json "$log"
	measure "digtrail, gzip" "$program" -f json "$log.gz"
	if command -v rg >/dev/null; then measure "rg -c AXFR" bash -c 'rg -c AXFR "$1" || true' - "$log"; fi
	if command -v mawk >/dev/null; then measure "mawk, requests by source" mawk "$count_sources" "$log"; fi
	measure "gzip -dc" gzip -dc "$log.gz"
done

printf '%d lines, %d MB, %d processors, best of %d\n' "$lines" $((bytes / 1000000)) "$(nproc)" "$rounds"
one=${best["digtrail, 1 thread"]}
for name in "digtrail, 1 thread" "digtrail, all processors" "digtrail, gzip" "gzip -dc" "rg -c AXFR" \
	"mawk, requests by source"; do
	ms=${best[$name]-}
	[ -n "$ms" ] || continue
	[ "$ms" -gt 0 ] || ms=1
	printf '%-26s %7d ms %7d MB/s %6.2f times digtrail on 1 thread\n' "$name" "$ms" \
		$((bytes / 1000 / ms)) "$(awk -v a="$ms" -v b="$one" 'BEGIN { print a / b }')"
done
