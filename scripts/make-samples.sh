#!/bin/bash
# Makes samples/ anew from a set of labelled logs: scripts/make-samples.sh [LAB].
# Whole sources are left out, never single lines of one: what labels.tsv says of the rest
# stays true. The same set gives the same bytes.
set -euo pipefail
lab=${1:-../shared/lab}/day
cd "$(dirname "$0")/.."
[ -e "$lab/labels.tsv" ] || { echo "make-samples: no labels.tsv in $lab" >&2; exit 1; }
kept=$(mktemp)
trap 'rm -f "$kept"' EXIT

# labels SERVER: the rows of that server, headline first.
labels() {
	awk -F'\t' -v server="$1" 'NR == 1 || $1 == server' "$lab/labels.tsv"
}

# Of kinds with many sources one in five, of the few heavy ones half; attackers stay, but for
# one word list of 18,000 names.
thin() {
	awk -F'\t' '
	NR == 1 { print; next }
	$4 == "dnsmap-tla" { next }
	$3 ~ /^(flood|benign:(desktop_internal_view|mail_remote|resolver_small))$/ && n[$3]++ % 5 { next }
	$3 ~ /^(benign:(monitor|resolver_big|cdn_wildcard)|mixed:resolver)$/ && n[$3]++ % 2 { next }
	{ print }'
}

# Lines of clients that were kept, and lines without a client.
of_kept() {
	awk -F'\t' -v kept="$kept" '
	BEGIN { while ((getline row < kept) > 0) { split(row, f, "\t"); keep[f[2]] = 1 } }
	{
		if (match($0, /client @0x[0-9a-f]+ [0-9a-f.:]+#/)) {
			address = substr($0, RSTART, RLENGTH - 1)
			sub(/.* /, "", address)
			if (!(address in keep))
				next
		}
		print
	}'
}

rm -rf samples
mkdir -p samples/bind-day samples/unbound samples/quiet-day

labels bind-auth | thin >"$kept"
cat "$kept" >samples/bind-day/labels.tsv
for file in "$lab"/bind-*; do
	name=${file##*/}
	case $name in
	bind-recursive*) ;;
	*.gz) zcat "$file" | of_kept | gzip -9n >"samples/bind-day/$name" ;;
	*) of_kept <"$file" >"samples/bind-day/$name" ;;
	esac
done
cat >samples/bind-day/README <<'END'
A day of an authoritative BIND 9.18, rotated four times, thinned by source. One zone left the
house (203.0.113.0/24, from 01:40 on); beside it name guessing, walked zones, a flood, and daily traffic.
END

labels unbound-public >samples/unbound/labels.tsv
for file in "$lab"/unbound-public.log*; do
	zcat "$file" | gzip -9n >"samples/unbound/${file##*/}"
done
cat >samples/unbound/README <<'END'
A day of a public Unbound 1.17 resolver: 120 clients at their daily business.
Among them some guess names, look into the cache, ask for the version, run a flood and a tunnel.
END

labels bind-recursive >samples/quiet-day/labels.tsv
for file in "$lab"/bind-recursive-queries.log*; do
	zcat "$file" | gzip -9n >"samples/quiet-day/${file##*/}"
done
cat >samples/quiet-day/README <<'END'
A day of a recursive BIND 9.18 for 120 clients of a provider, rotated at 6, 12 and 18 o'clock.
Nobody maps anything here: a report that finds something is wrong.
END
du -sh samples samples/*
