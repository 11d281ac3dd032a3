# fish completion for echo-native: the first argument is a command, the others are completed as that command's arguments.
function __echo_native_command_line
    set -l words (commandline -opc)
    complete -C "echo-$words[2] "(string join ' ' -- $words[3..-1] (commandline -ct))
end
complete -c echo-native -f
complete -c echo-native -n '__fish_is_first_arg' -a server -d 'echo-server'
complete -c echo-native -n '__fish_is_first_arg' -a client -d 'echo-client'
complete -c echo-native -n '__fish_is_first_arg' -a bench -d 'echo-bench'
complete -c echo-native -n 'not __fish_is_first_arg' -a '(__echo_native_command_line)'
complete -c echo-native -n '__fish_is_first_arg' -l help -d 'Show the options and exit'
complete -c echo-native -n '__fish_is_first_arg' -l version -d 'Show the version and exit'
