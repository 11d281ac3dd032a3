using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace EchoNative.Cli;

/// <summary>A command and its arguments.</summary>
/// <param name="Command">The command to run.</param>
/// <param name="Arguments">The arguments after the name of the command.</param>
internal sealed record Invocation(Command Command, IReadOnlyList<string> Arguments)
{
    /// <summary>The command of the executable's own name. Its first argument chooses one of the others.</summary>
    public static Command MultiCall { get; } = new(
        "echo-native",
        "server|client|bench ...",
        _ => "One executable for echo-server, echo-client and echo-bench: a link with one of these names runs that command."u8,
        [OptionDescription.Help, OptionDescription.Version]);

    private static IReadOnlyList<Command> Commands { get; } =
        [ServerCommandLine.Command, ClientCommandLine.Command, BenchCommandLine.Command];

    /// <summary>Whether <c>--help</c> is among the arguments. It comes before all other options and all errors.</summary>
    public bool WantsHelp => Has(OptionDescription.Help);

    /// <summary>Whether <c>--version</c> is among the arguments. It comes before all options but <c>--help</c>.</summary>
    public bool WantsVersion => Has(OptionDescription.Version);

    /// <summary>Finds the command by the name of the executable, or else by the first argument.</summary>
    /// <param name="executable">The path by which the program was started, argv[0].</param>
    /// <param name="arguments">The arguments after it.</param>
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

    // As ArgumentReader does, this takes a "--" after an option that needs a value for that value.
    private bool Has(OptionDescription option)
    {
        bool isValue = false;
        foreach (string argument in Arguments)
        {
            if (argument == option.Name)
            {
                return true;
            }

            if (argument == "--" && !isValue)
            {
                return false;
            }

            isValue = !isValue && ArgumentReader.IsFollowedByValue(argument, Command.Options);
        }

        return false;
    }
}
