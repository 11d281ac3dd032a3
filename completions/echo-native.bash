# bash completion for echo-server, echo-client, echo-bench and echo-native.                        -*- shell-script -*-

# _echo_native_words WORDS TYPED: offers those of the WORDS that begin with TYPED.
_echo_native_words()
{
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

# _echo_native_value OPTION TYPED: completes the value of OPTION. Returns 1 if OPTION takes no value.
_echo_native_value()
{
    local option=$1 current=$2
    case $option in
        --busy) _echo_native_words 'wait refuse' "$current" ;;
        --sandbox) _echo_native_words require "$current" ;;
        --log) _echo_native_words 'text json' "$current" ;;
        --bind) _echo_native_words '0.0.0.0 127.0.0.1 :: ::1 localhost' "$current" ;;
        --user) mapfile -t COMPREPLY < <(compgen -u -- "$current") ;;
        --port-file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        --ready-fd) COMPREPLY=() ;;
        --backlog | --max-clients | --max-per-peer | --peer-prefix | --idle-timeout | --grace) COMPREPLY=() ;;
        --connections | --duration | --count | --size | --warmup | --timeout | --wait) COMPREPLY=() ;;
        *) return 1 ;;
    esac
}

# Sets operands to the operands before the cursor, without options and their values.
_echo_native_operands()
{
    local index=1 skip
    operands=()
    while [ "$index" -lt "$COMP_CWORD" ]; do
        case ${COMP_WORDS[index]} in
            -*)
                skip=0
                _echo_native_value "${COMP_WORDS[index]}" '' && skip=1
                [ "${COMP_WORDS[index + 1]-}" = = ] && skip=2
                index=$((index + skip))
                ;;
            *) operands+=("${COMP_WORDS[index]}") ;;
        esac
        index=$((index + 1))
    done
    COMPREPLY=()
}

_echo_native()
{
    local command=${COMP_WORDS[0]##*/} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local options operands
    # In --option=value, bash makes the equals sign a word of its own.
    if [ "$current" = = ]; then
        current=
    elif [ "$previous" = = ]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    _echo_native_operands
    if [ "$command" = echo-native ] && [ "${#operands[@]}" -gt 0 ]; then
        command=echo-${operands[0]}
        operands=("${operands[@]:1}")
    fi

    case $command in
        echo-server)
            options='--bind --backlog --max-clients --busy --max-per-peer --peer-prefix --idle-timeout --proxy-protocol
                --banner --ignore-probes --user --sandbox --no-sandbox --grace --port-file --ready-fd --inetd --log --timestamps
                --quiet'
            ;;
        echo-client)
            options='-4 -6 --timeout --wait --raw --verify --quiet'
            ;;
        echo-bench)
            options='--connections --duration --count --size --warmup --timeout --json'
            ;;
        *)
            options=
            ;;
    esac

    _echo_native_value "$previous" "$current" && return
    case $command:${#operands[@]}:$current in
        *:-*) _echo_native_words "$options --help --version" "$current" ;;
        echo-native:0:*) _echo_native_words 'server client bench' "$current" ;;
        echo-bench:0:*) _echo_native_words 'connect ping stream hold' "$current" ;;
        echo-client:0:* | echo-bench:1:*) mapfile -t COMPREPLY < <(compgen -A hostname -W localhost -- "$current") ;;
    esac
}

complete -F _echo_native echo-server echo-client echo-bench echo-native
