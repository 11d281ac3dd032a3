using System;
using System.Linq;
using System.Text;
using EchoNative.Shared;
using EchoNative.Testing;
using FsCheck.Xunit;

namespace EchoNative.UnitTests;

public sealed class ChecksumTests
{
    // RFC 3720, B.4, and the check value that every table of such checksums has.
    public static TheoryData<string, byte[]> Published => new()
    {
        { "00000000", [] },
        { "e3069283", Encoding.ASCII.GetBytes("123456789") },
        { "8a9136aa", new byte[32] },
        { "62a8ab43", [.. Enumerable.Repeat((byte)0xff, 32)] },
        { "46dd794e", [.. Enumerable.Range(0, 32).Select(number => (byte)number)] },
        { "113fdb5c", [.. Enumerable.Range(0, 32).Select(number => (byte)(31 - number))] },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void It_is_the_one_that_is_published(string expected, byte[] bytes) =>
        Assert.Equal(expected, Checksum.Empty.With(bytes).ToString());

    [Property(MaxTest = 2000, Arbitrary = [typeof(CutText.Generator)])]
    public void However_the_bytes_are_cut_it_is_the_same_and_as_the_model_says(CutText text)
    {
        Checksum checksum = text.Chunks.Aggregate(Checksum.Empty, (before, chunk) => before.With(chunk));
        Assert.Equal(Crc32C.Of(text.Join()), checksum.ToString());
        Assert.Equal(checksum.Value, Checksum.Empty.With(text.Join()).Value);
    }

    [Fact]
    public void Each_single_bit_and_each_exchange_of_neighbours_makes_another_one()
    {
        byte[] bytes = [.. Enumerable.Range(0, 67).Select(number => (byte)number)];
        uint whole = Checksum.Empty.With(bytes).Value;
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(whole, Checksum.Empty.With(flipped).Value);
        }

        for (int place = 1; place < bytes.Length; place++)
        {
            byte[] exchanged = [.. bytes];
            (exchanged[place], exchanged[place - 1]) = (exchanged[place - 1], exchanged[place]);
            Assert.NotEqual(whole, Checksum.Empty.With(exchanged).Value);
        }
    }

    [Fact]
    public void It_makes_no_garbage()
    {
        byte[] bytes = new byte[1000];
        Checksum checksum = Checksum.Empty.With(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int time = 0; time < 100; time++)
        {
            checksum = checksum.With(bytes);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0u, checksum.Value);
    }
}
