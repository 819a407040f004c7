# The order of the rooms (DESIGN.md): a file may include its own room and rooms before it.
#	awk -f scripts/layers.awk analyzer/*/*.[ch]
BEGIN {
	count = split("base input record names match tally detect store report cli", rooms, " ")
	for (i = 1; i <= count; i++)
		rank[rooms[i]] = i
}

FNR == 1 {
	n = split(FILENAME, part, "/")
	room = part[n - 1]
	if (n < 2 || !(room in rank))
		complain("no room of that name: " room)
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	if (split(quoted[2], part, "/") != 2 || !(part[1] in rank))
		complain("an include spells the room: \"" quoted[2] "\"")
	else if (rank[part[1]] > rank[room])
		complain(room " may not include " part[1])
}

function complain(what) {
	print FILENAME ":" FNR ": " what
	failed = 1
}

END { exit failed }
