using System;
using System.Globalization;
using System.Text;
using EchoNative.Log;
using FsCheck.Xunit;

namespace EchoNative.UnitTests;

public sealed class LogLineTests
{
    [Fact]
    public void Text_and_numbers_follow_each_other_and_a_newline_ends_them()
    {
        LogLine line = new(stackalloc byte[LogLine.MaxLength]);
        line.Add("a "u8);
        line.Add(-12);
        line.Add(" b "u8);
        line.Add(long.MaxValue);
        Assert.Equal("a -12 b 9223372036854775807\n", Text(line));
    }

    [Fact]
    public void An_empty_line_is_a_newline()
    {
        LogLine line = new(stackalloc byte[1]);
        Assert.Equal("\n", Text(line));
        line.Add("x"u8);
        line.Add(1);
        Assert.Equal("\n", Text(line));
    }

    [Property(MaxTest = 500)]
    public void A_number_is_written_in_decimal(long number)
    {
        LogLine line = new(stackalloc byte[LogLine.MaxLength]);
        line.Add(number);
        Assert.Equal(number.ToString(CultureInfo.InvariantCulture) + "\n", Text(line));
    }

    [Theory]
    [InlineData(0, "0.000")]
    [InlineData(7, "0.007")]
    [InlineData(42, "0.042")]
    [InlineData(999, "0.999")]
    [InlineData(1000, "1.000")]
    [InlineData(61_050, "61.050")]
    [InlineData(long.MaxValue, "9223372036854775.807")]
    public void A_duration_is_in_seconds_with_three_decimals(long milliseconds, string expected)
    {
        LogLine line = new(stackalloc byte[LogLine.MaxLength]);
        line.AddSeconds(milliseconds);
        Assert.Equal(expected + "\n", Text(line));
    }

    [Fact]
    public void What_does_not_fit_is_cut_and_one_newline_stays()
    {
        const string Whole = "0123456789";
        for (int room = 1; room <= Whole.Length + 2; room++)
        {
            // The byte behind the line belongs to somebody else.
            byte[] memory = new byte[room + 1];
            memory[room] = (byte)'#';
            LogLine line = new(memory.AsSpan(0, room));
            foreach (char letter in Whole)
            {
                line.Add(new[] { (byte)letter });
            }

            Assert.Equal(Whole[..Math.Min(Whole.Length, room - 1)] + "\n", Text(line));
            Assert.Equal((byte)'#', memory[room]);

            LogLine atOnce = new(memory.AsSpan(0, room));
            atOnce.Add(Encoding.ASCII.GetBytes(Whole));
            Assert.Equal(Text(line), Text(atOnce));
            Assert.Equal((byte)'#', memory[room]);
        }
    }

    [Fact]
    public void A_number_that_does_not_fit_is_left_out_since_a_part_of_it_would_be_another()
    {
        LogLine line = new(stackalloc byte[6]);
        line.Add("pid "u8);
        line.Add(42);
        Assert.Equal("pid \n", Text(line));

        LogLine fits = new(stackalloc byte[7]);
        fits.Add("pid "u8);
        fits.Add(42);
        Assert.Equal("pid 42\n", Text(fits));
    }

    [Fact]
    public void A_duration_that_does_not_fit_leaves_one_newline()
    {
        for (int room = 1; room < 8; room++)
        {
            LogLine line = new(new byte[room]);
            line.AddSeconds(12_345);
            string text = Text(line);
            Assert.InRange(text.Length, 1, room);
            Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000Z")]
    [InlineData(951_782_399_999, "2000-02-28T23:59:59.999Z")]
    [InlineData(951_782_400_000, "2000-02-29T00:00:00.000Z")]
    [InlineData(951_868_800_000, "2000-03-01T00:00:00.000Z")]
    [InlineData(4_107_542_400_000, "2100-03-01T00:00:00.000Z")]
    [InlineData(253_402_300_799_999, "9999-12-31T23:59:59.999Z")]
    public void A_time_is_written_as_RFC_3339_has_it(long unixMilliseconds, string expected) =>
        Assert.Equal(expected + "\n", Time(unixMilliseconds));

    [Fact]
    public void Every_day_of_800_years_is_the_one_of_the_calendar()
    {
        for (DateTime day = DateTime.UnixEpoch; day.Year < 2770; day = day.AddDays(1).AddMilliseconds(86_399))
        {
            Assert.Equal(
                day.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) + "\n",
                Time((day - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond));
        }
    }

    private static string Time(long unixMilliseconds)
    {
        LogLine line = new(stackalloc byte[LogLine.MaxLength]);
        line.AddTime(unixMilliseconds);
        return Text(line);
    }

    private static string Text(in LogLine line) => Encoding.ASCII.GetString(line.End());
}
