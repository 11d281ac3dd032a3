using System;
using System.Linq;
using System.Numerics;
using EchoNative.Cli;
using EchoNative.Options;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace EchoNative.UnitTests;

public sealed class NumberTests
{
    [Property(MaxTest = 2000, Arbitrary = [typeof(NumberLike)])]
    public void Only_decimal_digits_of_a_number_in_the_range_are_accepted(string text, int one, int other)
    {
        int lowest = Math.Min(one, other);
        int highest = Math.Max(one, other);
        BigInteger? expected = text.Length > 0 && text.All(letter => letter is >= '0' and <= '9')
            ? text.Aggregate(BigInteger.Zero, (value, digit) => (value * 10) + (digit - '0'))
            : null;
        if (expected >= lowest && expected <= highest)
        {
            Assert.Equal((int)expected.Value, Number.Parse(text, "number", lowest, highest));
        }
        else
        {
            UsageException error = Assert.Throws<UsageException>(() => Number.Parse(text, "number", lowest, highest));
            Assert.Equal($"number '{text}' is not a number from {lowest} to {highest}", error.Message);
        }
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("65535", 65535)]
    [InlineData("007", 7)]
    [InlineData("00000000000000000000009", 9)]
    public void A_number_in_the_range_is_accepted(string text, int expected) =>
        Assert.Equal(expected, Number.Parse(text, "port", 0, Number.HighestPort));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("9x")]
    [InlineData("x9")]
    [InlineData(" 9")]
    [InlineData("9 ")]
    [InlineData("9\n")]
    [InlineData("9\0")]
    [InlineData("+9")]
    [InlineData("-9")]
    [InlineData("-0")]
    [InlineData("9.0")]
    [InlineData("1,000")]
    [InlineData("1e3")]
    [InlineData("0x9")]
    [InlineData("٩")]
    [InlineData("９")]
    [InlineData("65536")]
    [InlineData("4294967305")]
    [InlineData("18446744073709551625")]
    public void Anything_but_a_number_in_the_range_is_refused(string text) =>
        _ = Assert.Throws<UsageException>(() => Number.Parse(text, "port", 0, Number.HighestPort));

    [Fact]
    public void The_limits_belong_to_the_range()
    {
        Assert.Equal(3, Number.Parse("3", "n", 3, 5));
        Assert.Equal(5, Number.Parse("5", "n", 3, 5));
        _ = Assert.Throws<UsageException>(() => Number.Parse("2", "n", 3, 5));
        _ = Assert.Throws<UsageException>(() => Number.Parse("6", "n", 3, 5));
        Assert.Equal(int.MaxValue, Number.Parse("2147483647", "n", 0, int.MaxValue));
        _ = Assert.Throws<UsageException>(() => Number.Parse("2147483648", "n", 0, int.MaxValue));
    }

    /// <summary>Generates numbers, and texts that are almost numbers.</summary>
    internal static class NumberLike
    {
        public static Arbitrary<string> Texts() => Arb.From(Gen.Frequency(
            (3, Gen.Choose(0, int.MaxValue).Select(number => $"{number}")),
            (3, Gen.Choose(0, 100_000).Select(number => $"{number}")),
            (1, Gen.Elements(".0123456789-+ \0\tx\u0660\uff11".ToCharArray()).ArrayOf().Select(letters => new string(letters))),
            (1, Gen.Elements("0123456789".ToCharArray()).ArrayOf().Select(letters => new string(letters)))));

        public static Arbitrary<int> Limits() =>
            Arb.From(Gen.OneOf(Gen.Choose(0, int.MaxValue), Gen.Choose(0, 100_000), Gen.Constant(0)));
    }
}
