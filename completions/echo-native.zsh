#compdef echo-server echo-client echo-bench echo-native
# zsh completion for echo-server, echo-client, echo-bench and echo-native.

_echo_native_server() {
    _arguments -S \
        '*--bind=[listen on this address]:address:(0.0.0.0 127.0.0.1 \:\: \:\:1)' \
        '--backlog=[let so many connections wait to be accepted]:connections:' \
        '--max-clients=[serve so many clients at a time, 0 for any number]:clients:' \
        '--busy=[what becomes of further clients]:mode:(wait refuse)' \
        '--max-per-peer=[so many clients of one address at a time]:clients:' \
        '--idle-timeout=[end a session that is silent for so long]:seconds:' \
        '--user=[after binding, keep the rights of this user only]:user:_users' \
        '--no-sandbox[keep all system calls and rights, for debugging]' \
        '--grace=[when stopping, let sessions finish for so long]:seconds:' \
        '--port-file=[while clients can connect, have the port in this file]:file:_files' \
        '--ready-fd=[when clients can connect, write the port there]:descriptor:' \
        '--inetd[serve the one connection on standard input]' \
        '--log=[how events are written]:format:(text json)' \
        '--timestamps[begin each line of text with the time]' \
        '--quiet[tell errors only]' \
        '(- :)--help[show the options and exit]' \
        '(- :)--version[show the version and exit]' \
        ':port:'
}

_echo_native_client() {
    _arguments -S \
        '(-6)-4[connect by IPv4 only]' \
        '(-4)-6[connect by IPv6 only]' \
        '--timeout=[give up connecting after so long]:seconds:' \
        '--raw[pass bytes through unchanged both ways]' \
        '--verify[compare a checksum of both directions]' \
        '--quiet[show errors only]' \
        '(- :)--help[show the options and exit]' \
        '(- :)--version[show the version and exit]' \
        ':host:_hosts' \
        ':port:'
}

_echo_native_bench() {
    _arguments -S \
        '--connections=[have so many connections at a time]:connections:' \
        '(--count)--duration=[go on for so long]:seconds:' \
        '(--duration)--count=[stop after so many operations]:operations:' \
        '--size=[bytes of a message]:bytes:' \
        '--warmup=[do not count what is begun before]:seconds:' \
        '--timeout=[a longer wait for an answer is an error]:seconds:' \
        '--json[write the result as one line of JSON]' \
        '(- :)--help[show the options and exit]' \
        '(- :)--version[show the version and exit]' \
        ':mode:(connect ping stream hold)' \
        ':host:_hosts' \
        ':port:'
}

_echo_native_any() {
    if ((CURRENT > 2)) && (($+functions[_echo_native_$words[2]])); then
        local command=$words[2]
        shift words
        ((CURRENT--))
        _echo_native_$command
        return
    fi
    _arguments -S \
        '(- :)--help[show the options and exit]' \
        '(- :)--version[show the version and exit]' \
        ':command:(server client bench)'
}

case $service in
    echo-server) _echo_native_server "$@" ;;
    echo-client) _echo_native_client "$@" ;;
    echo-bench) _echo_native_bench "$@" ;;
    echo-native) _echo_native_any "$@" ;;
esac
