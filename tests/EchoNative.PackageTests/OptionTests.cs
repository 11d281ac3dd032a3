using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

/// <summary>
/// <c>--help</c>, the manual page, the README and the completions of all shells describe the same options. An option that
/// is missing in one of them fails here.
/// </summary>
public sealed class OptionTests
{
    public static TheoryData<string> Programs => [.. HelpText.Programs];

    [Theory]
    [MemberData(nameof(Programs))]
    public void The_manual_page_has_every_option_with_its_value_and_default(string program)
    {
        ManualPage page = new(program);
        AssertSame(HelpText.OptionsOf(program), page.Options);
        foreach (ProgramOption option in HelpText.OptionsOf(program))
        {
            Assert.Contains(option.Synopsis, page.Synopsis, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void The_readme_has_every_option_with_its_value_and_default(string program)
    {
        if (program == "echo-native")
        {
            return; // it has no options of its own
        }

        IReadOnlyList<ProgramOption> options = ReadmeOptions(program);
        Assert.NotEmpty(options);
        IEnumerable<ProgramOption> ofAll = HelpText.OptionsOf("echo-native").Select(
            option => new ProgramOption(option.Synopsis, ""));
        AssertSame(HelpText.OptionsOf(program), [.. options, .. ofAll]);
    }

    [Fact]
    public void The_readme_says_that_all_programs_have_help_and_version() =>
        Assert.Contains("\nall\n  --help, --version\n", Readme, StringComparison.Ordinal);

    [Theory]
    [InlineData("bash")]
    [InlineData("fish")]
    [InlineData("zsh")]
    public void A_shell_offers_every_option_and_no_other(string shell)
    {
        string[] lines =
            [.. HelpText.Programs.Select(program => $"{program} -"), .. Commands.Select(command => $"echo-native {command} -")];
        string[] programs = [.. HelpText.Programs, .. Commands.Select(command => $"echo-{command}")];
        IReadOnlyList<string[]> offered = Shell.Press(shell, lines);
        for (int line = 0; line < lines.Length; line++)
        {
            Assert.Equal(
                HelpText.OptionsOf(programs[line]).Select(option => option.Name).Order(StringComparer.Ordinal), offered[line]);
        }
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("fish")]
    [InlineData("zsh")]
    public void A_shell_knows_which_options_take_a_value(string shell)
    {
        // An option with a value is followed by neither a mode nor an option. Another option may be followed by both.
        (ProgramOption Option, string Program)[] options =
            [.. HelpText.OptionsOf("echo-bench").Select(option => (option, "echo-bench")), .. HelpText.OptionsOf("echo-server")
                .Select(option => (option, "echo-server"))];
        options = [.. options.Where(option => option.Option.Name is not ("--help" or "--version"))];
        IReadOnlyList<string[]> offered = Shell.Press(shell, options.Select(option => $"{option.Program} {option.Option.Name} "));
        for (int index = 0; index < options.Length; index++)
        {
            (ProgramOption option, string program) = options[index];
            bool offersOperand = program == "echo-bench" ? offered[index].Contains("connect") : offered[index].Any(
                word => word.StartsWith('-'));
            bool expected = program == "echo-bench" && !option.TakesValue;
            Assert.True(expected == offersOperand, $"{program} {option.Name}: {string.Join(' ', offered[index])}");
        }
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("fish")]
    [InlineData("zsh")]
    public void A_shell_offers_the_words_that_can_stand_there(string shell)
    {
        (string Line, string Words)[] cases =
        [
            ("echo-server --busy ", "refuse wait"),
            ("echo-server --busy r", "refuse"),
            ("echo-server --max-clients 5 --busy ", "refuse wait"),
            ("echo-server --log ", "json text"),
            ("echo-server --bind 127", "127.0.0.1"),
            ("echo-server --user nobod", "nobody"),
            ("echo-bench ", "connect hold ping stream"),
            ("echo-bench --size 5 p", "ping"),
            ("echo-bench ping localhos", "localhost"),
            ("echo-client localhos", "localhost"),
            ("echo-client --raw localhos", "localhost"),
            ("echo-native bench ", "connect hold ping stream"),
            ("echo-native server --busy ", "refuse wait"),
            ("echo-native ", string.Join(' ', Commands)),
        ];
        IReadOnlyList<string[]> offered = Shell.Press(shell, cases.Select(example => example.Line));
        for (int index = 0; index < cases.Length; index++)
        {
            Assert.Equal(
                $"{cases[index].Line}=> {cases[index].Words}", $"{cases[index].Line}=> {string.Join(' ', offered[index])}");
        }
    }

    // The first argument of echo-native.
    private static string[] Commands =>
        [.. HelpText.Programs.Where(program => program != "echo-native").Select(program => program["echo-".Length..])];

    private static string Readme { get; } = File.ReadAllText(Path.Combine(Binary.Root, "README.md"));

    // Each program has a paragraph that begins with its name; the options of all stand in the last.
    private static IReadOnlyList<ProgramOption> ReadmeOptions(string program)
    {
        IEnumerable<string> paragraph = Readme.Split('\n')
            .SkipWhile(line => line != "## Options")
            .SkipWhile(line => !line.StartsWith($"{program} ", StringComparison.Ordinal))
            .TakeWhile(line => line.Length > 0);
        return OptionTable.Read(paragraph);
    }

    private static void AssertSame(IReadOnlyList<ProgramOption> expected, IReadOnlyList<ProgramOption> actual)
    {
        Assert.Equal(Sorted(expected).Select(option => option.Synopsis), Sorted(actual).Select(option => option.Synopsis));
        foreach ((ProgramOption one, ProgramOption other) in Sorted(expected).Zip(Sorted(actual)))
        {
            Assert.Equal($"{one.Name}: {string.Join(", ", one.Default)}", $"{other.Name}: {string.Join(", ", other.Default)}");
        }
    }

    private static IEnumerable<ProgramOption> Sorted(IEnumerable<ProgramOption> options) =>
        options.OrderBy(option => option.Synopsis, StringComparer.Ordinal);
}
