using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using EchoNative.Shared;
using FsCheck.Xunit;

namespace EchoNative.UnitTests;

public sealed class QuitLineCutterTests
{
    private const int LongestForAllCuts = 6;
    private const int RoomLength = 16;

    [Fact]
    public void The_quit_line_is_found_wherever_reads_cut_the_input()
    {
        foreach (byte[] text in CutText.AllTexts("qQ\n\rx"u8.ToArray(), LongestForAllCuts))
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
    [InlineData("q\r\n", 0, true)]
    [InlineData("hello\r\nQ\r\nignored", 7, true)]
    [InlineData("q\r", 0, true)]
    [InlineData("q\r\r\n", 4, false)]
    [InlineData("q\rx\n", 4, false)]
    [InlineData("\rq\n", 3, false)]
    [InlineData("say q", 5, false)]
    [InlineData("\0q\n", 3, false)]
    [InlineData("q\0\n", 3, false)]
    [InlineData("\n\nq\n", 2, true)]
    public void Only_a_line_of_one_letter_quits(string text, int length, bool found) =>
        Assert.Equal((length, found), QuitLineCutter.Find(Encoding.Latin1.GetBytes(text), atLineStart: true, atEnd: true));

    [Fact]
    public void Raw_input_ends_at_the_end_of_file_only()
    {
        QuitLineCutter input = new(new byte[RoomLength], isRaw: true);
        "x\nq\nq"u8.CopyTo(input.Room);
        Assert.Equal("x\nq\nq"u8, input.Take(5));
        Assert.False(input.IsAtEnd);
        Assert.Equal(RoomLength, input.Room.Length);
        Assert.Equal(0, input.Take(0).Length);
        Assert.True(input.IsAtEnd);
    }

    [Fact]
    public void A_letter_at_the_end_is_kept_until_more_is_known()
    {
        Assert.Equal((4, false), QuitLineCutter.Find("abc\nq"u8, atLineStart: true, atEnd: false));
        Assert.Equal((4, true), QuitLineCutter.Find("abc\nq"u8, atLineStart: true, atEnd: true));
        Assert.Equal((4, false), QuitLineCutter.Find("abc\nq\r"u8, atLineStart: true, atEnd: false));
        Assert.Equal((4, true), QuitLineCutter.Find("abc\nq\r"u8, atLineStart: true, atEnd: true));
    }

    [Fact]
    public void A_letter_within_a_line_is_not_kept()
    {
        Assert.Equal((1, false), QuitLineCutter.Find("q"u8, atLineStart: false, atEnd: false));
        Assert.Equal((2, false), QuitLineCutter.Find("q\n"u8, atLineStart: false, atEnd: false));
        Assert.Equal((2, true), QuitLineCutter.Find("q\nq\n"u8, atLineStart: false, atEnd: false));
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

    /// <summary>What should be sent, computed from the whole text at once: the lines before the first that is a q.</summary>
    private static (int Length, bool Quit) Model(byte[] whole)
    {
        int length = 0;
        foreach (string line in Encoding.Latin1.GetString(whole).Split('\n'))
        {
            if (IsQuitLine(line))
            {
                return (length, true);
            }

            length += line.Length + 1;
        }

        return (whole.Length, false);
    }

    private static bool IsQuitLine(string line) => line is "q" or "Q" or "q\r" or "Q\r";

    /// <summary>Feeds chunks as reads bring them, each in as many reads as the room needs, then the end of file.</summary>
    private static (List<byte> Sent, bool Quit) Send(IEnumerable<byte[]> chunks)
    {
        List<byte> given = [];
        List<byte> sent = [];
        QuitLineCutter input = new(new byte[RoomLength], isRaw: false);
        foreach (byte[] chunk in chunks)
        {
            for (int start = 0; start < chunk.Length && !input.IsAtEnd;)
            {
                int count = Math.Min(chunk.Length - start, input.Room.Length);
                chunk.AsSpan(start, count).CopyTo(input.Room);
                given.AddRange(chunk.AsSpan(start, count));
                sent.AddRange(input.Take(count));
                start += count;
                if (!input.IsAtEnd)
                {
                    AssertNothingIsKeptNeedlessly(given, sent);
                }
            }
        }

        if (input.IsAtEnd)
        {
            return (sent, true);
        }

        // What was kept is the quit line if nothing follows; everything else has been sent.
        bool isKept = input.Room.Length < RoomLength;
        Assert.Equal(0, input.Take(0).Length);
        Assert.True(input.IsAtEnd);
        return (sent, isKept);
    }

    // A line that was typed must not wait for the next one: everything but a lone q is sent at once. With
    // a carriage return it is a lone q as well.
    private static void AssertNothingIsKeptNeedlessly(List<byte> given, List<byte> sent)
    {
        string lastLine = Encoding.Latin1.GetString([.. given]).Split('\n')[^1];
        string expected = IsQuitLine(lastLine) ? lastLine : "";
        Assert.Equal(expected, Encoding.Latin1.GetString([.. given[sent.Count..]]));
    }
}
