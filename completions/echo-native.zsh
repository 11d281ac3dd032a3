#compdef echo-server echo-client echo-bench echo-native
# zsh completion for echo-server, echo-client, echo-bench and echo-native.

_echo_native_server() {
    _arguments -S \
        '*--bind=[listen on this address]:address:(0.0.0.0 127.0.0.1 \:\: \:\:1 localhost)' \
        '--backlog=[queue up to so many connections before they are accepted]:connections:' \
        '--max-clients=[serve at most so many clients at a time; 0 for no limit]:clients:' \
        '--busy=[what happens to further clients]:mode:(wait refuse)' \
        '--max-per-peer=[serve at most so many clients of one address at a time]:clients:' \
        '--peer-prefix=[count IPv6 addresses with so many equal first bits as one address]:bits:' \
        '--idle-timeout=[end a session after this long without a byte]:seconds:' \
        '--proxy-protocol[expect a PROXY header from a load balancer first]' \
        '--banner[send the name of the machine and the process first]' \
        '--ignore-probes[count clients that send nothing and leave]' \
        '--user=[run as this user once the port is bound]:user:_users' \
        '--sandbox=[do not start without a filter of system calls]:mode:(require)' \
        '--no-sandbox[allow all system calls and keep all capabilities]' \
        '--grace=[when stopping, give sessions this long to finish]:seconds:' \
        '--port-file=[write the port to this file]:file:_files' \
        '--ready-fd=[write the port to this descriptor when clients can connect]:descriptor:' \
        '--inetd[serve the one connection on standard input]' \
        '--log=[format of the log]:format:(text json)' \
        '--timestamps[begin each line of a text log with the time]' \
        '--quiet[log errors only]' \
        '(- :)--help[show the options and exit]' \
        '(- :)--version[show the version and exit]' \
        ':port:'
}

_echo_native_client() {
    _arguments -S \
        '(-6)-4[connect over IPv4 only]' \
        '(-4)-6[connect over IPv6 only]' \
        '--timeout=[stop trying to connect after this long]:seconds:' \
        '--wait=[give up when no answer came for this long]:seconds:' \
        '--raw[pass bytes unchanged in both directions]' \
        '--verify[compare a checksum of both directions]' \
        '--quiet[print errors only]' \
        '(- :)--help[show the options and exit]' \
        '(- :)--version[show the version and exit]' \
        ':host:_hosts' \
        ':port:'
}

_echo_native_bench() {
    _arguments -S \
        '--connections=[keep so many connections open at a time]:connections:' \
        '(--count)--duration=[run for this long]:seconds:' \
        '(--duration)--count=[stop after so many operations]:operations:' \
        '--size=[bytes per message]:bytes:' \
        '--warmup=[do not count the first seconds]:seconds:' \
        '--timeout=[count an answer that takes longer as an error]:seconds:' \
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
