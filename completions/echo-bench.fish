# fish completion for echo-bench.
set -l modes connect ping stream hold
complete -c echo-bench -f
complete -c echo-bench -n "not __fish_seen_subcommand_from $modes" -a connect -d 'Connect, send, wait for the echo, close'
complete -c echo-bench -n "not __fish_seen_subcommand_from $modes" -a ping -d 'Round trips on open connections'
complete -c echo-bench -n "not __fish_seen_subcommand_from $modes" -a stream -d 'Bulk data'
complete -c echo-bench -n "not __fish_seen_subcommand_from $modes" -a hold -d 'Keep many connections open'
complete -c echo-bench -n "__fish_seen_subcommand_from $modes" -a 'localhost (__fish_print_hostnames)' -d Host
complete -c echo-bench -l connections -x -d 'Keep so many connections open at a time'
complete -c echo-bench -l duration -x -d 'Run for this long'
complete -c echo-bench -l count -x -d 'Stop after so many operations'
complete -c echo-bench -l size -x -d 'Bytes per message'
complete -c echo-bench -l warmup -x -d 'Do not count the first seconds'
complete -c echo-bench -l timeout -x -d 'Count an answer that takes longer as an error'
complete -c echo-bench -l json -d 'Write the result as one line of JSON'
complete -c echo-bench -l help -d 'Show the options and exit'
complete -c echo-bench -l version -d 'Show the version and exit'
