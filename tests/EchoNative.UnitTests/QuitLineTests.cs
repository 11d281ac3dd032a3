using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using EchoNative.Shared;
using FsCheck.Xunit;

namespace EchoNative.UnitTests;

public sealed class QuitLineTests
{
    private const int LongestForAllCuts = 6;

    [Fact]
    public void The_quit_line_is_found_wherever_reads_cut_the_input()
    {
        foreach (byte[] text in CutText.AllTexts("qQ\nx"u8.ToArray(), LongestForAllCuts))
        {
            foreach (CutText cut in CutText.AllCuts(text))
            {
                AssertSentAsTheModelSays(cut);
            }
        }
    }

    [Property(MaxTest = 5000, Arbitrary = [typeof(CutText.Generator)])]
    public void Any_bytes_before_the_quit_line_are_sent_unchanged(CutText text) => AssertSentAsTheModelSays(text);

    [Theory]
    [InlineData("q", 0, true)]
    [InlineData("Q\n", 0, true)]
    [InlineData("hello\nq\nignored", 6, true)]
    [InlineData("hello\nQ", 6, true)]
    [InlineData("", 0, false)]
    [InlineData("quit\n", 5, false)]
    [InlineData("qq\n", 3, false)]
    [InlineData(" q\n", 3, false)]
    [InlineData("q \n", 3, false)]
    [InlineData("q\r\n", 3, false)]
    [InlineData("say q", 5, false)]
    [InlineData("\0q\n", 3, false)]
    [InlineData("q\0\n", 3, false)]
    [InlineData("\n\nq\n", 2, true)]
    public void Only_a_line_of_one_letter_quits(string text, int length, bool found) =>
        Assert.Equal((length, found), QuitLine.Find(Encoding.Latin1.GetBytes(text), atLineStart: true, atEnd: true));

    [Fact]
    public void A_letter_at_the_end_is_held_back_until_more_is_known()
    {
        Assert.Equal((4, false), QuitLine.Find("abc\nq"u8, atLineStart: true, atEnd: false));
        Assert.Equal((4, true), QuitLine.Find("abc\nq"u8, atLineStart: true, atEnd: true));
    }

    [Fact]
    public void A_letter_within_a_line_is_not_held_back()
    {
        Assert.Equal((1, false), QuitLine.Find("q"u8, atLineStart: false, atEnd: false));
        Assert.Equal((2, false), QuitLine.Find("q\n"u8, atLineStart: false, atEnd: false));
        Assert.Equal((2, true), QuitLine.Find("q\nq\n"u8, atLineStart: false, atEnd: false));
    }

    private static void AssertSentAsTheModelSays(CutText text)
    {
        byte[] whole = text.Join();
        (int expectedLength, bool expectedQuit) = Model(whole);
        (List<byte> sent, bool quit) = Send(text.Chunks);
        if (quit != expectedQuit || !sent.SequenceEqual(whole.Take(expectedLength)))
        {
            Assert.Fail($"{text}: sent {sent.Count} bytes in place of {expectedLength}, quit: {quit} in place of {expectedQuit}");
        }
    }

    /// <summary>What is to be sent, told of the whole text at once: the lines before the first that is a q.</summary>
    private static (int Length, bool Quit) Model(byte[] whole)
    {
        int length = 0;
        foreach (string line in Encoding.Latin1.GetString(whole).Split('\n'))
        {
            if (line is "q" or "Q")
            {
                return (length, true);
            }

            length += line.Length + 1;
        }

        return (whole.Length, false);
    }

    /// <summary>Feeds chunks as reads bring them, the letter that was held back before each, then the end of file.</summary>
    private static (List<byte> Sent, bool Quit) Send(IEnumerable<byte[]> chunks)
    {
        List<byte> given = [];
        List<byte> sent = [];
        byte[] kept = [];
        bool atLineStart = true;
        foreach (byte[] chunk in chunks.Append([]))
        {
            bool atEnd = chunk.Length == 0;
            given.AddRange(chunk);
            byte[] input = [.. kept, .. chunk];
            (int length, bool found) = QuitLine.Find(input, atLineStart, atEnd);
            sent.AddRange(input.Take(length));
            if (found)
            {
                return (sent, true);
            }

            kept = input[length..];
            AssertNothingIsHeldBackNeedlessly(given, kept, atEnd);
            atLineStart = sent.Count == 0 || sent[^1] == '\n';
        }

        return (sent, false);
    }

    // A line that somebody typed must not wait for the next one: all but a lone q leaves at once.
    private static void AssertNothingIsHeldBackNeedlessly(List<byte> given, byte[] kept, bool atEnd)
    {
        string lastLine = Encoding.Latin1.GetString([.. given]).Split('\n')[^1];
        string expected = !atEnd && lastLine is "q" or "Q" ? lastLine : "";
        Assert.Equal(expected, Encoding.Latin1.GetString(kept));
    }
}
