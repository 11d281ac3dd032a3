using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using EchoNative.Shared;
using FsCheck.Xunit;

namespace EchoNative.UnitTests;

public sealed class MessagePrefixTests
{
    private const string Prefix = "Message from server: ";
    private const int Smallest = 22; // one byte more than the prefix
    private const int TwoPrefixes = 50;
    private const int LongestForAllCuts = 5;

    [Fact]
    public void Each_line_gets_the_prefix_once_wherever_reads_cut_it()
    {
        foreach (byte[] text in CutText.AllTexts("a\n"u8.ToArray(), LongestForAllCuts))
        {
            foreach (CutText cut in CutText.AllCuts(text))
            {
                for (int room = Smallest; room <= TwoPrefixes; room++)
                {
                    AssertShownAsTheModelSays(cut, room);
                }
            }
        }
    }

    [Property(MaxTest = 1000, Arbitrary = [typeof(CutText.Generator)])]
    public void Any_bytes_are_shown_unchanged_after_the_prefix(CutText text)
    {
        for (int room = Smallest; room <= TwoPrefixes; room++)
        {
            AssertShownAsTheModelSays(text, room);
        }

        AssertShownAsTheModelSays(text, room: 4096);
    }

    [Fact]
    public void Empty_input_shows_nothing()
    {
        MessagePrefix prefix = default;
        ReadOnlySpan<byte> input = [];
        Assert.Equal(0, prefix.Show(ref input, new byte[Smallest]));
        Assert.False(prefix.IsWithinLine);
    }

    [Fact]
    public void A_prefix_waits_until_there_is_room_for_a_byte_of_its_line()
    {
        MessagePrefix prefix = default;
        ReadOnlySpan<byte> input = "a\nb\n"u8;

        // Room for the first line and a whole prefix, but not for a byte after it.
        byte[] output = new byte[Prefix.Length + 2 + Prefix.Length];
        int length = prefix.Show(ref input, output);
        Assert.Equal(Prefix + "a\n", Encoding.ASCII.GetString(output.AsSpan(0, length)));
        Assert.Equal("b\n"u8, input);
        Assert.False(prefix.IsWithinLine);
    }

    private static void AssertShownAsTheModelSays(CutText text, int room)
    {
        MessagePrefix prefix = default;
        List<byte> given = [];
        List<byte> shown = [];
        byte[] output = new byte[room];
        foreach (byte[] chunk in text.Chunks)
        {
            given.AddRange(chunk);
            ReadOnlySpan<byte> input = chunk;
            while (!input.IsEmpty)
            {
                int before = input.Length;
                int length = prefix.Show(ref input, output);
                Assert.InRange(length, 1, room);
                Assert.True(input.Length < before, "no input was moved, so that the caller would loop for ever");
                Assert.Equal(chunk.AsSpan(chunk.Length - input.Length), input);
                shown.AddRange(output.AsSpan(0, length));
            }

            // All bytes that have arrived are shown at once.
            if (!shown.SequenceEqual(Model(given)))
            {
                Assert.Fail($"{text} in {room} bytes: {Encoding.Latin1.GetString([.. shown])}");
            }

            Assert.Equal(given[^1] != '\n', prefix.IsWithinLine);
        }
    }

    /// <summary>What should be shown, computed from the whole text at once.</summary>
    private static byte[] Model(List<byte> given)
    {
        string text = Encoding.Latin1.GetString([.. given]);
        IEnumerable<string> lines = text.Split('\n').Select(line => Prefix + line);

        // Split also returns the empty text after the last newline, which is no line.
        string shown = string.Join('\n', lines);
        return Encoding.Latin1.GetBytes(text.EndsWith('\n') ? shown[..^Prefix.Length] : shown);
    }
}
