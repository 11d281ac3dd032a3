using System;
using System.Collections.Generic;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Cli;

/// <summary>The command line of <c>echo-client</c>.</summary>
internal static class ClientCommandLine
{
    private const int LongestSeconds = 1_000_000;

    public static Command Command { get; } = new(
        "echo-client",
        "<IP> <port>",
        Describe,
        [
            new("-4"),
            new("-6"),
            new("--timeout", "SECONDS"),
            new("--wait", "SECONDS"),
            new("--raw"),
            new("--verify"),
            new("--quiet"),
            OptionDescription.Help,
            OptionDescription.Version,
        ]);

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">The arguments after the name of the command.</param>
    /// <exception cref="UsageException">The command line is wrong; the message says why.</exception>
    public static ClientOptions Parse(IReadOnlyList<string> arguments)
    {
        ClientOptions options = new() { Host = "", Port = 0 };
        ArgumentReader reader = new(arguments, Command.Options);
        int operands = 0;
        while (reader.TryRead())
        {
            options = reader.Option is null
                ? ApplyOperand(options, operands++, reader.Value)
                : ApplyOption(options, reader.Option, reader.Value);
        }

        return operands switch
        {
            0 => throw new UsageException("the host and the port are missing"),
            1 => throw new UsageException("the port is missing"),
            _ => Check(options),
        };
    }

    private static ReadOnlySpan<byte> Describe(string? option) => option switch
    {
        null => "Sends standard input to an echo server and shows what comes back.\n"u8
            + "<IP> may also be a name. The line q, or end of file, ends sending."u8,
        "-4" => "connect over IPv4 only"u8,
        "-6" => "connect over IPv6 only"u8,
        "--timeout" => "stop trying to connect after this many seconds in all, e.g. 0.5 (default: the system's limit)"u8,
        "--wait" => "give up when no answer came for this many seconds, e.g. 0.5 (default: no limit)"u8,
        "--raw" => "pass bytes unchanged in both directions: no prefix, and q is data"u8,
        "--verify" => "compare a checksum of the bytes received with one of the bytes sent"u8,
        "--quiet" => "print errors only; the exit status says whether every byte came back"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(option), option, "an option of the table is not described"),
    };

    private static ClientOptions ApplyOperand(ClientOptions options, int position, string value) => position switch
    {
        0 => options with { Host = HostOperand.Check(value) },
        1 => options with { Port = Number.Parse(value, "port", 1, Number.HighestPort) },
        _ => throw new UsageException($"a host and a port are enough: '{value}' is too many"),
    };

    private static ClientOptions ApplyOption(ClientOptions options, string option, string value) => option switch
    {
        "-4" => Choose(options, AddressChoice.Ipv4),
        "-6" => Choose(options, AddressChoice.Ipv6),
        "--timeout" => options with { Timeout = Seconds.Parse(value, "timeout", 1, LongestSeconds) },
        "--wait" => options with { Wait = Seconds.Parse(value, "wait", 1, LongestSeconds) },
        "--raw" => options with { Raw = true },
        "--verify" => options with { Verify = true },
        "--quiet" => options with { Quiet = true },
        _ => throw new ArgumentOutOfRangeException(nameof(option), option, "an option of the table is not handled"),
    };

    private static ClientOptions Choose(ClientOptions options, AddressChoice addresses) =>
        options.Addresses == AddressChoice.Any || options.Addresses == addresses
            ? options with { Addresses = addresses }
            : throw new UsageException("-4 and -6 can't both say how to connect");

    // Checked at the end, because -4 and -6 may stand before or after the host.
    private static ClientOptions Check(ClientOptions options) => options.Addresses switch
    {
        AddressChoice.Ipv4 when HostOperand.IsIpv6(options.Host) =>
            throw new UsageException($"host '{options.Host}' is an IPv6 address, and -4 wants IPv4"),
        AddressChoice.Ipv6 when Ipv4Literal.IsOne(options.Host) =>
            throw new UsageException($"host '{options.Host}' is an IPv4 address, and -6 wants IPv6"),
        _ => options,
    };
}
