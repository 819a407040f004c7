# bash completion for digtrail. Commands, options and words are those of `digtrail help`.
_digtrail() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=report
	local help commands word words
	COMPREPLY=()
	help=$(digtrail help 2>/dev/null) || return
	commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' <<<"$help")
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		if grep -qx -- "$word" <<<"$commands"; then
			command=$word
			break
		fi
	done
	help=$(digtrail help "$command" 2>/dev/null)
	[[ $current == = ]] && current=
	[[ $previous == = ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}
	if [[ $previous == --* ]]; then
		# The words of an option stand behind a colon in its text.
		words=$(sed -n "/^ *\(-., \)\?$previous /,/^ \{2,6\}-\|^$/p" <<<"$help" | sed '1!{/^ \{2,6\}-/d}' |
			tr '\n' ' ' | sed -n 's/.*: *\([a-z]*\(, *[a-z]*\)*\).*/\1/p' | tr -d ',')
		if [[ -n $words ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
			return
		fi
	fi
	if [[ $current == -* ]]; then
		words=$(grep -oE '^ {2,6}(-[A-Za-z], )?--[a-z-]+' <<<"$help" | grep -oE -- '--[a-z-]+')
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -f -- "$current")
	if ((COMP_CWORD == 1)); then
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$commands" -- "$current")
	fi
}
complete -o filenames -F _digtrail digtrail
