using System.Collections.Generic;
using EchoNative.Cli;
using EchoNative.Options;

namespace EchoNative.UnitTests;

public sealed class ArgumentReaderTests
{
    private static readonly OptionDescription s_flag = new("--flag");
    private static readonly OptionDescription s_value = new("--value", "THING");

    [Fact]
    public void Options_and_operands_are_read_in_their_order() =>
        Assert.Equal(
            [(null, "a"), ("--flag", ""), ("--value", "1"), (null, "b"), ("--value", "2")],
            Read("a", "--flag", "--value", "1", "b", "--value=2"));

    [Fact]
    public void A_value_may_be_empty_and_may_hold_anything() =>
        Assert.Equal(
            [("--value", ""), ("--value", "="), ("--value", "a=b"), ("--value", "--flag"), ("--value", "--"), ("--value", "")],
            Read("--value=", "--value==", "--value=a=b", "--value", "--flag", "--value", "--", "--value", ""));

    [Fact]
    public void Ten_thousand_arguments_are_read_and_one_more_is_refused_before_the_first()
    {
        string[] most = [.. System.Linq.Enumerable.Repeat("a", 10_000)];
        Assert.Equal(10_000, Read(most).Count);
        ArgumentReader reader = new(["--unknown", .. most], [s_flag]);
        UsageException exception = Assert.Throws<UsageException>(() => reader.TryRead());
        Assert.Equal("10001 arguments are too many: 10000 at the most", exception.Message);
    }

    [Fact]
    public void After_two_dashes_there_are_only_operands() =>
        Assert.Equal(
            [("--flag", ""), (null, "--flag"), (null, "--"), (null, "--unknown")],
            Read("--flag", "--", "--flag", "--", "--unknown"));

    [Theory]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("-9x")]
    [InlineData("=")]
    [InlineData("a--flag")]
    public void An_argument_that_only_resembles_an_option_is_an_operand(string argument) =>
        Assert.Equal([(null, argument)], Read(argument));

    [Fact]
    public void A_dash_and_a_digit_is_an_option_only_if_an_option_has_that_name()
    {
        ArgumentReader reader = new(["-4", "-6", "--", "-4"], [new OptionDescription("-4")]);
        List<(string?, string)> read = [];
        while (reader.TryRead())
        {
            read.Add((reader.Option, reader.Value));
        }

        Assert.Equal([("-4", ""), (null, "-6"), (null, "-4")], read);
    }

    [Fact]
    public void Without_arguments_nothing_is_read()
    {
        Assert.Empty(Read());
        Assert.Empty(Read("--"));
    }

    [Theory]
    [InlineData("--unknown", "unknown option '--unknown'")]
    [InlineData("--unknown=1", "unknown option '--unknown'")]
    [InlineData("--FLAG", "unknown option '--FLAG'")]
    [InlineData("--fla", "unknown option '--fla'")]
    [InlineData("-f", "unknown option '-f'")]
    [InlineData("---flag", "unknown option '---flag'")]
    [InlineData("--=1", "unknown option '--'")]
    [InlineData("--flag=", "option '--flag' takes no value")]
    [InlineData("--flag=1", "option '--flag' takes no value")]
    [InlineData("--value", "option '--value' needs a value: THING")]
    public void The_error_names_the_wrong_option(string argument, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Read(argument)).Message);

    private static List<(string? Option, string Value)> Read(params string[] arguments)
    {
        ArgumentReader reader = new(arguments, [s_flag, s_value]);
        List<(string?, string)> found = [];
        while (reader.TryRead())
        {
            found.Add((reader.Option, reader.Value));
        }

        Assert.False(reader.TryRead());
        return found;
    }
}
