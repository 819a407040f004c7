# fish completion for digtrail. Commands and options are those of `digtrail help`.
function __digtrail_commands
    digtrail help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\)  *\(.*\)/\1\t\2/p'
end
function __digtrail_options
    set -l command report
    for word in (commandline -opc)[2..-1]
        if __digtrail_commands | grep -q "^$word"\t
            set command $word
            break
        end
    end
    digtrail help $command 2>/dev/null | grep -oE '^ {2,6}(-[A-Za-z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+'
end
complete -c digtrail -n __fish_use_subcommand -a '(__digtrail_commands)'
complete -c digtrail -n 'string match -q -- "-*" (commandline -ct)' -a '(__digtrail_options)'
