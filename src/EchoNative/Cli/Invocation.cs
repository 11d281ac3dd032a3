using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace EchoNative.Cli;

/// <summary>Which command was asked for, and with what.</summary>
/// <param name="Command">The command.</param>
/// <param name="Arguments">What stands behind it.</param>
internal sealed record Invocation(Command Command, IReadOnlyList<string> Arguments)
{
    /// <summary>The command under the executable's own name: its first argument says which other one is meant.</summary>
    public static Command MultiCall { get; } = new(
        "echo-native",
        "server|client|bench ...",
        _ => "One executable for echo-server, echo-client and echo-bench: a link by one of these names is that command."u8,
        [OptionDescription.Help, OptionDescription.Version]);

    private static IReadOnlyList<Command> Commands { get; } = [ServerCommandLine.Command, ClientCommandLine.Command, BenchCommandLine.Command];

    /// <summary>Whether help is wanted, whatever else is asked.</summary>
    public bool WantsHelp => Has(OptionDescription.Help);

    /// <summary>Whether the version is wanted, whatever else is asked.</summary>
    public bool WantsVersion => Has(OptionDescription.Version);

    /// <summary>Finds the command by the name of the executable, or else by the first argument.</summary>
    /// <param name="executable">The path the program was started by, argv[0].</param>
    /// <param name="arguments">The arguments behind it.</param>
    public static Invocation Find(string executable, IReadOnlyList<string> arguments)
    {
        string name = Path.GetFileName(executable);
        if (Commands.FirstOrDefault(command => command.Name == name) is Command named)
        {
            return new Invocation(named, arguments);
        }

        return arguments.Count > 0 && Commands.FirstOrDefault(command => command.Name == $"echo-{arguments[0]}") is Command chosen
            ? new Invocation(chosen, [.. arguments.Skip(1)])
            : new Invocation(MultiCall, arguments);
    }

    private bool Has(OptionDescription option) =>
        Arguments.TakeWhile(argument => argument != "--").Contains(option.Name, StringComparer.Ordinal);
}
