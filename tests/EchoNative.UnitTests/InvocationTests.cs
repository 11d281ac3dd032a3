using System.Collections.Generic;
using System.Linq;
using EchoNative.Cli;

namespace EchoNative.UnitTests;

public sealed class InvocationTests
{
    [Theory]
    [InlineData("echo-server")]
    [InlineData("./echo-server")]
    [InlineData("/usr/local/bin/echo-server")]
    public void The_name_of_the_executable_is_the_command(string executable)
    {
        Invocation invocation = Invocation.Find(executable, ["client", "9190"]);
        Assert.Same(ServerCommandLine.Command, invocation.Command);
        Assert.Equal(["client", "9190"], invocation.Arguments);
        Assert.Same(ClientCommandLine.Command, Invocation.Find("bin/echo-client", []).Command);
    }

    [Theory]
    [InlineData("echo-native")]
    [InlineData("echo-server-2")]
    [InlineData("bin/echo-server/")]
    [InlineData("")]
    public void Under_any_other_name_the_first_argument_is_the_command(string executable)
    {
        Invocation server = Invocation.Find(executable, ["server", "--quiet", "9190"]);
        Assert.Same(ServerCommandLine.Command, server.Command);
        Assert.Equal(["--quiet", "9190"], server.Arguments);

        Invocation client = Invocation.Find(executable, ["client"]);
        Assert.Same(ClientCommandLine.Command, client.Command);
        Assert.Empty(client.Arguments);
    }

    [Theory]
    [InlineData]
    [InlineData("serve")]
    [InlineData("Server")]
    [InlineData("echo-server")]
    [InlineData("--help", "server")]
    [InlineData("9190", "server")]
    public void Without_a_command_the_arguments_are_unchanged(params string[] arguments)
    {
        Invocation invocation = Invocation.Find("echo-native", arguments);
        Assert.Same(Invocation.MultiCall, invocation.Command);
        Assert.Equal(arguments, invocation.Arguments);
        Assert.Equal("Usage: echo-native server|client|bench ... [--help] [--version]\n", invocation.Command.Usage);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("9190", "--help")]
    [InlineData("9x", "--unknown", "--help")]
    [InlineData("--bind", "--help")]
    [InlineData("--help", "--")]
    public void Help_and_version_are_found_anywhere_even_among_wrong_arguments(params string[] arguments)
    {
        Assert.True(Invocation.Find("echo-server", arguments).WantsHelp);
        Assert.True(Invocation.Find("echo-client", arguments).WantsHelp);
        Assert.True(Invocation.Find("echo-native", arguments).WantsHelp);

        IEnumerable<string> version = arguments.Select(argument => argument == "--help" ? "--version" : argument);
        Assert.True(Invocation.Find("echo-server", [.. version]).WantsVersion);
        Assert.False(Invocation.Find("echo-server", [.. version]).WantsHelp);
    }

    public static TheoryData<string, string> OptionsWithValues
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (Command command in new[] { ServerCommandLine.Command, ClientCommandLine.Command, BenchCommandLine.Command })
            {
                foreach (OptionDescription option in command.Options.Where(option => option.TakesValue))
                {
                    data.Add(command.Name, option.Name);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(OptionsWithValues))]
    public void Two_dashes_that_are_the_value_of_an_option_do_not_hide_help_and_version(string program, string option)
    {
        Assert.True(Invocation.Find(program, [option, "--", "--help"]).WantsHelp);
        Assert.True(Invocation.Find(program, [option, "--", "--version"]).WantsVersion);
        Assert.True(Invocation.Find(program, [option, "1", option, "--", "1", "--version"]).WantsVersion);
        Assert.True(Invocation.Find(program, [option, option, "--help"]).WantsHelp);

        // Here the first two dashes are the value, and the second ones end the options.
        Assert.False(Invocation.Find(program, [option, "--", "--", "--help"]).WantsHelp);

        // The value is part of the option, or is the option's own name again: what follows are operands.
        Assert.False(Invocation.Find(program, [$"{option}=--", "--", "--help"]).WantsHelp);
        Assert.False(Invocation.Find(program, [option, option, "--", "--help"]).WantsHelp);
    }

    [Theory]
    [InlineData]
    [InlineData("9190")]
    [InlineData("--", "--help", "--version")]
    [InlineData("9190", "--", "--help", "--version")]
    [InlineData("--Help", "--VERSION")]
    [InlineData("--help=", "--version=")]
    [InlineData("-help", "version")]
    public void Help_and_version_are_not_found_after_two_dashes_or_in_another_spelling(params string[] arguments)
    {
        Invocation invocation = Invocation.Find("echo-server", arguments);
        Assert.False(invocation.WantsHelp);
        Assert.False(invocation.WantsVersion);
    }
}
