# Sizes that keep code readable (STYLE.md): a function has at most 80 lines from its name to
# its closing brace, a file at most 800. Leans on .clang-format: a function's name, its
# opening and its closing brace each begin a line.
#	awk -f scripts/limits.awk FILE...
BEGIN { function_limit = 80; file_limit = 800 }

FNR == 1 {
	check_file()
	file = FILENAME
	start = 0
	name = ""
}

{ lines = FNR }

# A definition's name, or Criterion's Test(suite, name); a prototype ends in a semicolon.
/^[A-Za-z_][A-Za-z_0-9]*\(/ {
	candidate = FNR
	name = $0
	sub(/^Test\(/, "", name)
	sub(/[(;{].*/, "", name)
}

/^{/ { start = candidate }

/^}$/ {
	if (start && FNR - start + 1 > function_limit)
		complain(start, name " has " FNR - start + 1 " lines, " function_limit " are allowed")
	start = candidate = 0
}

function check_file() {
	if (file != "" && lines > file_limit)
		print file ": " lines " lines, " file_limit " are allowed"
	if (lines > file_limit)
		failed = 1
}

function complain(line, what) {
	print FILENAME ":" line ": " what
	failed = 1
}

END {
	check_file()
	exit failed
}
