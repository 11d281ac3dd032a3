using System;
using System.Linq;
using EchoNative.Cli;

namespace EchoNative.UnitTests;

public sealed class CommandTests
{
    private const int DescriptionColumn = 27;

    public static TheoryData<string> Names =>
        [.. new[] { ServerCommandLine.Command, ClientCommandLine.Command, BenchCommandLine.Command, Invocation.MultiCall }.Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_help_begins_with_the_usage_and_describes_each_option_in_words_of_its_own(string name)
    {
        Command command = Invocation.Find(name, []).Command;
        Assert.Equal(name, command.Name);
        string help = command.Help;
        Assert.StartsWith(command.Usage + "\n", help, StringComparison.Ordinal);
        Assert.EndsWith("\n", help, StringComparison.Ordinal);
        string[] descriptions =
            [.. command.Options.Select(option => Assert.Single(help.Split('\n'), line => line.StartsWith($"  {option.Synopsis} ", StringComparison.Ordinal))[DescriptionColumn..])];
        Assert.All(descriptions, description => Assert.Matches("^[a-z]", description));
        Assert.Distinct(descriptions);
    }

    [Fact]
    public void An_option_that_is_not_described_is_a_mistake_of_the_program()
    {
        Command command = ServerCommandLine.Command with { Options = [new OptionDescription("--new")] };
        Assert.Equal("--new", Assert.Throws<ArgumentOutOfRangeException>(() => command.Help).ActualValue);
    }
}
