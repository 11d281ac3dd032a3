using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>Servers behind HAProxy, with the commands and the configuration that docs/operating.md shows.</summary>
public sealed class LoadBalancerTests
{
    private static readonly string s_configuration = OperatingPage.Configuration;
    private static readonly IReadOnlyList<string> s_commands = OperatingPage.Commands;

    // Arguments: HAProxy, its configuration, and a command for each server.
    private const string Prologue = """
        proxy=$1
        printf '%s\n' "$2" >haproxy.cfg
        shift 2
        commands=("$@")

        # start NUMBER: starts server 1 or 2, whose log is log.NUMBER.
        start() {
            rm -f "port.$1"
            eval "exec ${commands[$1 - 1]} --port-file port.$1" >"log.$1" 2>&1 &
            servers[$1]=$!
            within_time test -e "port.$1"
        }
        has_state() { echo 'show stat' | socat - UNIX-CONNECT:haproxy.sock | cut -d , -f 2,18,37 | grep -q "^$1,$2"; }

        # connect NUMBER: connects client 1 to 9 through HAProxy. echoes NUMBER: whether its lines come back.
        connect() { eval "exec 1$1<>/dev/tcp/127.0.0.1/9190"; }
        close() { eval "exec 1$1>&-"; }
        answer() { local line; IFS= read -r -t 30 -u "1$1" line && echo "$line"; }
        echoes() { echo "hello $1" >&"1$1" && [ "$(answer "$1")" = "hello $1" ]; }

        # server_of NUMBER: the server whose child has written the banner of this client.
        server_of() {
            local name pid
            read -r name pid <<<"$(answer "$1")"
            [ "$name" = "$(cat /proc/sys/kernel/hostname)" ]
            parent=$(awk '/^PPid:/ { print $2 }' "/proc/$pid/status")
            for number in 1 2; do
                if [ "$parent" = "${servers[$number]}" ]; then echo "$number"; fi
            done
        }

        start 1
        start 2
        "$proxy" -db -f haproxy.cfg >proxy.log 2>&1 &
        within_time has_state echo-1 'UP,L7OK'
        within_time has_state echo-2 'UP,L7OK'

        """;

    [Theory]
    [InlineData("send-proxy-v2")]
    [InlineData("send-proxy")]
    public void The_log_shows_the_real_client_and_no_checks_and_the_banner_says_which_server_answers(string option)
    {
        const string Script = """
            connect 1
            connect 2
            answers=$(printf '%s\n' "$(server_of 1)" "$(server_of 2)" | sort | paste -sd ' ')
            echo "servers $answers"
            echoes 1
            echoes 2
            checked() {
                kill -USR1 "${servers[1]}" "${servers[2]}"
                grep -Eq '([3-9]|..) probes' log.1 && grep -Eq '([3-9]|..) probes' log.2
            }
            within_time checked
            grep -hv '^summary' log.1 log.2 | sed 's/:[0-9]* (.*//'
            """;

        // HAProxy connects from another address than the clients.
        string said = Run(
            Script, s_commands, OperatingPage.Replace(s_configuration, "send-proxy-v2", $"{option} source 127.0.0.9"));
        Assert.Equal(
            """
            servers 1 2
            listening on 127.0.0.1:9191
            new client connected... 127.0.0.1
            listening on 127.0.0.1:9192
            new client connected... 127.0.0.1

            """,
            said);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_check_that_expects_an_answer_tells_a_full_server_from_a_free_one_and_a_connect_does_not(bool hasBanner)
    {
        const string Script = """
            within_time has_state connects 'UP,L4OK'
            exec 10<>/dev/tcp/127.0.0.1/9191
            printf 'PROXY UNKNOWN\r\nhello\n' >&10
            within_time grep -q '^new client connected' log.1
            within_time has_state echo-1 DOWN
            has_state connects 'UP,L4OK'

            # The session of the full server goes on, and new clients are sent to the other one.
            echo more >&10
            within_time timeout 30 grep -q more <&10
            connect 1
            if [ "$1" = banner ]; then [ "$(server_of 1)" = 2 ]; fi
            echoes 1
            exec 10>&-
            within_time has_state echo-1 UP
            """;
        string expect = s_configuration.Split('\n').Single(line => line.Contains("tcp-check expect", default));
        string sends = $"    {InText("tcp-check send ")}\n    {InText("tcp-check expect string ")}";
        string configuration = hasBanner ? s_configuration : OperatingPage.Replace(s_configuration, expect, sends);
        string connects = """

            backend connects
                server connects 127.0.0.1:9191 check inter 500ms send-proxy-v2
            """;
        string[] commands =
        [
            .. s_commands.Select(line => hasBanner ? line : line.Replace(" --banner", "", StringComparison.Ordinal)),
        ];
        commands[0] = OperatingPage.Replace(commands[0], "--max-clients 1000", "--max-clients 1");
        _ = Run($"set -- {(hasBanner ? "banner" : "none")}\n{Script}", commands, configuration + connects);
    }

    [Fact]
    public void A_server_that_is_taken_out_first_loses_no_session()
    {
        string script = $$"""
            connect 1
            connect 2
            case $(server_of 1)$(server_of 2) in
                12) mine=1 ;;
                21) mine=2 ;;
                *) exit 1 ;;
            esac
            {{Command("state drain")}} >said
            for number in 3 4 5; do
                connect "$number"
                [ "$(server_of "$number")" = 2 ]
            done

            # The server stops, and lets its session end.
            kill "${servers[1]}"
            within_time grep -q '^stopping' log.1
            echoes "$mine"
            close "$mine"
            wait "${servers[1]}"
            start 1
            {{Command("state ready")}} >said
            within_time has_state echo-1 UP
            connect 6
            [ "$(server_of 6)" = 1 ]
            for number in 3 4 5 6; do echoes "$number"; done
            """;
        _ = Run(script, s_commands, s_configuration);
    }

    [Fact]
    public void When_a_server_stops_its_new_clients_go_to_another_one()
    {
        const string Script = """
            kill "${servers[1]}"
            wait "${servers[1]}"
            for number in 1 2 3 4 5 6; do
                connect "$number"
                [ "$(server_of "$number")" = 2 ]
                echoes "$number"
            done
            """;
        _ = Run(Script, s_commands, s_configuration);
    }

    [Fact]
    public void The_load_balancer_limits_the_connections_of_one_client()
    {
        const string Script = """
            for number in 1 2; do
                connect "$number"
                answer "$number" >banner
                echoes "$number"
            done
            connect 3
            ! answer 3
            close 1
            again() { connect 4 && answer 4 >banner && echoes 4; }
            within_time again
            """;
        _ = Run(Script, s_commands, OperatingPage.Replace(s_configuration, "sc0_conn_cur gt 100", "sc0_conn_cur gt 2"));
    }

    private static string Run(string script, IEnumerable<string> commands, string configuration)
    {
        string[] servers = [.. commands.Where(line => line.StartsWith("echo-server ", StringComparison.Ordinal))];
        Assert.Equal(2, servers.Length);
        return Sandbox.Check(Prologue + script, [Tool.Find("haproxy", "haproxy"), configuration, .. servers]);
    }

    private static string Command(string part) => s_commands.Single(line => line.Contains(part, StringComparison.Ordinal));

    // A line of the configuration that the page mentions in its text.
    private static string InText(string start) =>
        OperatingPage.Text.Split('`').First(code => code.StartsWith(start, StringComparison.Ordinal));
}
