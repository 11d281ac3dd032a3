# fish completion for echo-client.
complete -c echo-client -f
complete -c echo-client -n 'test (count (string match --invert -- "-*" (commandline -opc))) -eq 1' \
    -a 'localhost (__fish_print_hostnames)' -d 'Host'
complete -c echo-client -s 4 -d 'Connect over IPv4 only'
complete -c echo-client -s 6 -d 'Connect over IPv6 only'
complete -c echo-client -l timeout -x -d 'Stop trying to connect after this long'
complete -c echo-client -l wait -x -d 'Give up when no answer came for this long'
complete -c echo-client -l raw -d 'Pass bytes unchanged in both directions'
complete -c echo-client -l verify -d 'Compare a checksum of both directions'
complete -c echo-client -l quiet -d 'Print errors only'
complete -c echo-client -l help -d 'Show the options and exit'
complete -c echo-client -l version -d 'Show the version and exit'
