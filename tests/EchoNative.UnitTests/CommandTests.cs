using System;
using System.Linq;
using EchoNative.Cli;

namespace EchoNative.UnitTests;

public sealed class CommandTests
{
    private const int DescriptionColumn = 27;

    public static TheoryData<string> Names =>
    [
        ServerCommandLine.Command.Name,
        ClientCommandLine.Command.Name,
        BenchCommandLine.Command.Name,
        Invocation.MultiCall.Name,
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_help_begins_with_the_usage_and_has_a_different_text_for_each_option(string name)
    {
        Command command = Invocation.Find(name, []).Command;
        Assert.Equal(name, command.Name);
        string help = command.Help;
        Assert.StartsWith(command.Usage + "\n", help, StringComparison.Ordinal);
        Assert.EndsWith("\n", help, StringComparison.Ordinal);
        string[] descriptions = [.. command.Options.Select(option => DescriptionOf(option, help))];
        Assert.All(descriptions, description => Assert.Matches("^[a-z]", description));
        Assert.Distinct(descriptions);
    }

    [Fact]
    public void An_option_without_a_help_text_is_an_error_of_the_program()
    {
        Command command = ServerCommandLine.Command with { Options = [new OptionDescription("--new")] };
        Assert.Equal("--new", Assert.Throws<ArgumentOutOfRangeException>(() => command.Help).ActualValue);
    }

    // The rest of the one line of help that begins with the option.
    private static string DescriptionOf(OptionDescription option, string help)
    {
        string beginning = $"  {option.Synopsis} ";
        string line = Assert.Single(help.Split('\n'), line => line.StartsWith(beginning, StringComparison.Ordinal));
        return line[DescriptionColumn..];
    }
}
