using System;
using System.Collections.Generic;
using EchoNative.Options;

namespace EchoNative.Cli;

/// <summary>The command line of <c>echo-server</c>.</summary>
internal static class ServerCommandLine
{
    private const int NoPort = -1;
    private const int FirstDescriptor = 3; // 0 to 2 are the standard streams
    private const int Ipv6Bits = 128;
    private const int LongestSeconds = 1_000_000;
    private const int MostClients = 4_194_304; // the most process ids that Linux can have, see proc(5), pid_max

    public static Command Command { get; } = new(
        "echo-server",
        "<port>",
        Describe,
        [
            new("--bind", "ADDRESS"),
            new("--backlog", "N"),
            new("--max-clients", "N"),
            new("--busy", "MODE"),
            new("--max-per-peer", "N"),
            new("--peer-prefix", "N"),
            new("--idle-timeout", "SECONDS"),
            new("--proxy-protocol"),
            new("--banner"),
            new("--ignore-probes"),
            new("--user", "USER[:GROUP]"),
            new("--sandbox", "MODE"),
            new("--no-sandbox"),
            new("--grace", "SECONDS"),
            new("--port-file", "FILE"),
            new("--ready-fd", "N"),
            new("--inetd"),
            new("--log", "FORMAT"),
            new("--timestamps"),
            new("--quiet"),
            OptionDescription.Help,
            OptionDescription.Version,
        ]);

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">The arguments after the name of the command.</param>
    /// <param name="passedSockets">How many listening sockets a service manager has passed.</param>
    /// <param name="portMissing">The error message if there is no port, no passed socket and no --inetd.</param>
    /// <exception cref="UsageException">The command line is wrong; the message says why.</exception>
    public static ServerOptions Parse(
        IReadOnlyList<string> arguments, int passedSockets = 0, string portMissing = "the port is missing")
    {
        ServerOptions options = new() { Port = NoPort };
        ArgumentReader reader = new(arguments, Command.Options);
        string? forListening = null;
        while (reader.TryRead())
        {
            options = Apply(options, reader.Option, reader.Value);
            forListening ??= IsForOneSession(reader.Option) ? null : reader.Option ?? "a port";
        }

        if (options.Inetd)
        {
            // An option that would have no effect is an error, so that nobody relies on it.
            return forListening is null ? options : throw new UsageException($"{forListening} has no meaning with --inetd");
        }

        return passedSockets > 0 ? CheckPassed(options with { PassedSockets = passedSockets })
            : options.Port != NoPort ? options
            : throw new UsageException(portMissing);
    }

    private static ReadOnlySpan<byte> Describe(string? option) => option switch
    {
        null => "Echoes whatever TCP clients send, with one child process for each client.\n"u8
            + "Port 0 takes any free port."u8,
        "--bind" => "listen on this IP address, or localhost; repeatable; :: is IPv4 and IPv6 (default 0.0.0.0)"u8,
        "--backlog" => "queue up to N connections before they are accepted (default: the system's maximum)"u8,
        "--max-clients" => "serve at most N clients at a time; 0: no limit (default 1000)"u8,
        "--busy" => "what happens to further clients: wait, or refuse to disconnect them (default wait)"u8,
        "--max-per-peer" => "serve at most N clients of one address at a time; disconnect further ones"u8,
        "--peer-prefix" => "count IPv6 addresses with the same first N bits as one address (default 64)"u8,
        "--idle-timeout" => "end a session after this long without a byte in either direction"u8,
        "--proxy-protocol" => "expect a PROXY header, version 1 or 2, from a load balancer first, and log its client"u8,
        "--banner" => "send each client a line first: the name of the machine and the process"u8,
        "--ignore-probes" => "count clients that send nothing and leave, in place of logging them"u8,
        "--user" => "run as this user and group once the port is bound"u8,
        "--sandbox" => "require: do not start if the kernel has no filter of system calls"u8,
        "--no-sandbox" => "allow all system calls and keep all capabilities, for debugging"u8,
        "--grace" => "when stopping, give sessions this long to finish (default 8)"u8,
        "--port-file" => "write the port to this file, which exists while clients can connect"u8,
        "--ready-fd" => "when clients can connect, write the port to descriptor N and close it"u8,
        "--inetd" => "serve the one connection on standard input; takes no port"u8,
        "--log" => "write the log as text, or as json: one object per line (default text)"u8,
        "--timestamps" => "begin each line of a text log with the time in UTC"u8,
        "--quiet" => "log errors only"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(option), option, "an option of the table is not described"),
    };

    private static bool IsForOneSession(string? option) =>
        option is "--inetd" or "--idle-timeout" or "--proxy-protocol" or "--banner" or "--ignore-probes"
            or "--sandbox" or "--no-sandbox" or "--log" or "--timestamps" or "--quiet";

    private static ServerOptions CheckPassed(ServerOptions options)
    {
        if (options.Port != NoPort || options.Bind != ServerOptions.DefaultBind)
        {
            throw new UsageException("LISTEN_FDS passes sockets that listen already: a port or --bind is too many");
        }

        return options.ReadyDescriptor - FirstDescriptor < options.PassedSockets
            ? throw new UsageException($"ready-fd {options.ReadyDescriptor} is one of the sockets that LISTEN_FDS passes")
            : options;
    }

    private static ServerOptions Apply(ServerOptions options, string? option, string value) => option switch
    {
        null when options.Port != NoPort => throw new UsageException($"one port is enough: '{value}' is too many"),
        null => options with { Port = Number.Parse(value, "port", 0, Number.HighestPort) },
        "--bind" when options.Bind == ServerOptions.DefaultBind => options with { Bind = [Brackets.Remove(value)] },
        "--bind" => options with { Bind = [.. options.Bind, Brackets.Remove(value)] },
        "--port-file" when value.Length == 0 => throw new UsageException("the name of the port-file is empty"),
        "--port-file" => options with { PortFile = value },
        "--ready-fd" => options with { ReadyDescriptor = Number.Parse(value, "ready-fd", FirstDescriptor, int.MaxValue) },
        "--inetd" => options with { Inetd = true },
        "--backlog" => options with { Backlog = Number.Parse(value, "backlog", 1, int.MaxValue) },
        "--grace" => options with { GraceSeconds = Number.Parse(value, "grace", 0, LongestSeconds) },
        "--user" => ParseUser(options, value),
        "--sandbox" when value != "require" => throw new UsageException($"sandbox '{value}' is not require"),
        "--sandbox" => options with { Sandbox = CheckSandbox(options, SandboxMode.Required) },
        "--no-sandbox" => options with { Sandbox = CheckSandbox(options, SandboxMode.None) },
        "--max-clients" => options with { MaxClients = Number.Parse(value, "max-clients", 0, MostClients) },
        "--busy" => options with { Busy = ParseBusy(value) },
        "--max-per-peer" => options with { MaxPerPeer = Number.Parse(value, "max-per-peer", 1, MostClients) },
        "--peer-prefix" => options with { PeerPrefix = Number.Parse(value, "peer-prefix", 1, Ipv6Bits) },
        "--idle-timeout" => options with { IdleTimeoutSeconds = Number.Parse(value, "idle-timeout", 1, LongestSeconds) },
        "--proxy-protocol" => options with { ProxyProtocol = true },
        "--banner" => options with { Banner = true },
        "--ignore-probes" => options with { IgnoreProbes = true },
        "--log" => options with { Log = ParseLog(value) },
        "--timestamps" => options with { Timestamps = true },
        "--quiet" => options with { Quiet = true },
        _ => throw new ArgumentOutOfRangeException(nameof(option), option, "an option of the table is not handled"),
    };

    private static ServerOptions ParseUser(ServerOptions options, string value)
    {
        string[] parts = value.Split(':');
        return parts.Length <= 2 && Array.IndexOf(parts, "") < 0
            ? options with { User = parts[0], Group = parts.Length > 1 ? parts[1] : null }
            : throw new UsageException($"user '{value}' is not USER or USER:GROUP");
    }

    private static SandboxMode CheckSandbox(ServerOptions options, SandboxMode mode) =>
        options.Sandbox == SandboxMode.WherePossible || options.Sandbox == mode
            ? mode
            : throw new UsageException("--sandbox=require and --no-sandbox contradict each other");

    private static BusyMode ParseBusy(string mode) => mode switch
    {
        "wait" => BusyMode.Wait,
        "refuse" => BusyMode.Refuse,
        _ => throw new UsageException($"busy '{mode}' is neither wait nor refuse"),
    };

    private static LogFormat ParseLog(string format) => format switch
    {
        "text" => LogFormat.Text,
        "json" => LogFormat.Json,
        _ => throw new UsageException($"log '{format}' is neither text nor json"),
    };
}
