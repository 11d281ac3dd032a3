using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Bench;

namespace EchoNative.UnitTests;

public sealed class BenchPatternTests
{
    private const int Longest = 1000;

    private readonly Pattern _pattern = new(Longest);

    [Fact]
    public void The_bytes_do_not_depend_on_the_length_of_the_pieces()
    {
        byte[] whole = Take(_pattern, 3, 0, 3 * Pattern.Period);
        Assert.Equal(whole, Take(new Pattern(7), 3, 0, whole.Length));
        Assert.Equal(whole, Take(new Pattern(100_000), 3, 0, whole.Length));
        Assert.Equal(whole[70_000..], Take(_pattern, 3, 70_000, whole.Length - 70_000));
    }

    [Fact]
    public void A_piece_has_the_length_asked_for_up_to_the_longest()
    {
        Assert.Equal(1, _pattern.GetPiece(0, 0, 1).Length);
        Assert.Equal(Longest, _pattern.GetPiece(0, Pattern.Period - 1, Longest).Length);
        Assert.Equal(Longest, _pattern.GetPiece(0, 5, long.MaxValue).Length);
    }

    [Fact]
    public void Bytes_that_were_sent_match_in_any_piece()
    {
        byte[] sent = Take(_pattern, 9, 12345, 100_000);
        Assert.Equal(sent.Length, _pattern.CountMatching(9, 12345, sent));
        Assert.Equal(5000, _pattern.CountMatching(9, 12345 + 60_000, sent.AsSpan(60_000, 5000)));
        Assert.Equal(0, _pattern.CountMatching(9, 12345, []));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Longest - 1)]
    [InlineData(Longest)]
    [InlineData(99_999)]
    public void The_first_wrong_byte_is_found(int place)
    {
        byte[] received = Take(_pattern, 0, 7, 100_000);
        received[place] ^= 1;
        Assert.Equal(place, _pattern.CountMatching(0, 7, received));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(1448)]
    [InlineData(65_536)]
    [InlineData(1024 * 1024)]
    public void Bytes_that_were_lost_doubled_or_exchanged_do_not_match(int shift)
    {
        const int Length = 64;
        byte[] shifted = Take(_pattern, 4, shift, Length);
        Assert.NotEqual(Length, _pattern.CountMatching(4, 0, shifted));
        Assert.NotEqual(Length, _pattern.CountMatching(4, shift, Take(_pattern, 4, 0, Length)));
    }

    [Fact]
    public void No_two_connections_send_the_same()
    {
        IEnumerable<string> starts = Enumerable.Range(0, Pattern.Period)
            .Select(number => Convert.ToHexString(Take(_pattern, number, 0, 16)));
        Assert.Equal(Pattern.Period, starts.Distinct().Count());
    }

    [Fact]
    public void The_highest_numbers_of_bytes_and_connections_work()
    {
        const long Offset = long.MaxValue - 20;
        Assert.Equal(10, _pattern.CountMatching(long.MaxValue, Offset, Take(_pattern, long.MaxValue, Offset, 10)));
    }

    private static byte[] Take(Pattern pattern, long connection, long offset, int length)
    {
        List<byte> bytes = [];
        while (bytes.Count < length)
        {
            bytes.AddRange(pattern.GetPiece(connection, offset + bytes.Count, length - bytes.Count));
        }

        return [.. bytes];
    }
}
