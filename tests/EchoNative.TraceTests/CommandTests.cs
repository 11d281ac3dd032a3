using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.TraceTests;

/// <summary>bin/echo-trace as a user calls it.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Line = "7 1.0 close(3) = 0\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("echo-trace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Help_names_every_option_and_the_way_to_record()
    {
        (int status, string output, string error) = Run("--help");
        Assert.Equal((0, ""), (status, error));
        Assert.StartsWith("Usage: echo-trace <log> ", output, default);
        Assert.All(["--output BASE", "--at SECONDS", "--help", "--version", "strace -f -ttt -o LOG COMMAND"], words =>
            Assert.Contains(words, output, default));
    }

    [Fact]
    public void The_version_is_that_of_the_server()
    {
        using RunningProgram server = new(Binary.Server, ["--version"]);
        Assert.Equal(0, server.WaitForExit());
        Assert.Equal((0, server.Output.Replace("echo-server", "echo-trace", default), ""), Run("--version"));
    }

    [Theory]
    [InlineData("the log is missing")]
    [InlineData("one log is enough: 'b' is too many", "a", "b")]
    [InlineData("unknown option '--wrong'", "--wrong", "a")]
    [InlineData("option '--at' needs a value: SECONDS", "a", "--at")]
    [InlineData("at 'soon' is not a number of seconds, such as 1.25", "a", "--at", "soon")]
    [InlineData("at '-1' is not a number of seconds, such as 1.25", "a", "--at", "-1")]
    [InlineData("the output's name is empty", "a", "--output=")]
    public void Wrong_usage_is_said_with_the_usage_and_exit_2(string reason, params string[] arguments)
    {
        (int status, string output, string error) = Run(arguments);
        Assert.Equal((2, ""), (status, output));
        Assert.StartsWith($"echo-trace: {reason}\nUsage: echo-trace <log>", error, default);
    }

    [Fact]
    public void A_log_that_cannot_be_read_is_said_with_exit_1()
    {
        foreach (string name in new[] { Path.Combine(_folder, "nowhere.log"), _folder })
        {
            (int status, string output, string error) = Run(name);
            Assert.Equal((1, ""), (status, output));
            Assert.StartsWith("echo-trace: ", error, default);
            Assert.Contains(name, error, default);
            Assert.Single(error.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public void A_log_without_times_is_said_with_the_way_to_record_one()
    {
        (int status, _, string error) = Run(Log("7 close(3) = 0\n"));
        Assert.Equal(1, status);
        Assert.EndsWith("no line has a time: record with strace -f -ttt\n", error, default);
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_said_with_exit_1() =>
        Assert.Equal(1, Run(Log(Line), "--output", Path.Combine(_folder, "no", "where")).Status);

    [Fact]
    public void Both_files_are_written_and_told()
    {
        string output = Path.Combine(_folder, "picture");
        (int status, string said, string error) = Run(Log(Line), "--output", output);
        Assert.Equal((0, ""), (status, error));
        Assert.Contains($"written: {output}.svg\nwritten: {output}.html\n", said, default);
        Assert.StartsWith("<svg ", File.ReadAllText(output + ".svg"), default);
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(output + ".html"), default);
    }

    [Fact]
    public void A_moment_gives_a_still_picture_and_nothing_else()
    {
        string output = Path.Combine(_folder, "picture");
        (int status, string said, _) = Run(Log(Line), "--at", "0.50", "--output", output);
        Assert.Equal(0, status);
        Assert.EndsWith($"written: {output}-at-0.50.svg\n", said, default);
        Assert.Equal(["log", "picture-at-0.50.svg"], Directory.GetFiles(_folder).Select(Path.GetFileName)
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_log_may_come_on_standard_input()
    {
        using RunningProgram program = new(Binary.Trace, ["-", "--output", Path.Combine(_folder, "picture")]);
        program.Type(Line);
        program.Input.Dispose();
        Assert.Equal(0, program.WaitForExit());
        Assert.True(File.Exists(Path.Combine(_folder, "picture.svg")));
    }

    [Fact]
    public void Lines_that_are_not_understood_are_counted_and_the_first_is_shown_without_what_a_terminal_would_obey()
    {
        (int status, string output, _) = Run(Log("\u001b[31mred\u0007\n" + Line + "what?\n"), "--output",
            Path.Combine(_folder, "picture"));
        Assert.Equal(0, status);
        Assert.Contains("2 lines not understood; the first is line 1: \uFFFD[31mred\uFFFD\n", output, default);
        Assert.DoesNotContain('\u001b', output);
        Assert.Contains("2 of 3 lines of the log were not understood", File.ReadAllText(Path.Combine(_folder, "picture.svg")),
            default);
    }

    private string Log(string text)
    {
        string name = Path.Combine(_folder, "log");
        File.WriteAllText(name, text);
        return name;
    }

    private static (int Status, string Output, string Error) Run(params IEnumerable<string> arguments)
    {
        using RunningProgram program = new(Binary.Trace, arguments);
        int status = program.WaitForExit();
        return (status, program.Output, program.Error);
    }
}
