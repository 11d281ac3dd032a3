using System;
using System.Text;
using EchoNative.Shared;

namespace EchoNative.UnitTests;

public sealed class ReplyDisplayTests
{
    private readonly StringBuilder _shown = new();
    private int _room = int.MaxValue;

    [Theory]
    [InlineData(false, false, "Message from server: one\nMessage from server: two\n")]
    [InlineData(true, false, "one\ntwo")]
    [InlineData(false, true, "")]
    [InlineData(true, true, "")]
    public void A_reply_is_shown_with_the_prefix_or_raw_or_not_at_all(bool raw, bool quiet, string shown)
    {
        ReplyDisplay display = new(raw, quiet, TryWrite);
        Assert.All(["on", "e\nt", "wo"], part => Assert.True(display.TryShow(Encoding.ASCII.GetBytes(part))));
        display.EndLine();
        Assert.Equal(shown, _shown.ToString());
    }

    [Fact]
    public void A_line_with_a_newline_gets_no_second_one()
    {
        ReplyDisplay display = new(raw: false, quiet: false, TryWrite);
        display.EndLine();
        Assert.True(display.TryShow("one\n"u8));
        display.EndLine();
        Assert.Equal("Message from server: one\n", _shown.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_error_of_the_output_ends_it(bool raw)
    {
        // More than fits in one write.
        byte[] lines = new byte[100_000];
        lines.AsSpan().Fill((byte)'\n');
        _room = 1000;
        Assert.False(new ReplyDisplay(raw, quiet: false, TryWrite).TryShow(lines));
        Assert.Empty(_shown.ToString());
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _room)
        {
            return false;
        }

        _ = _shown.Append(Encoding.ASCII.GetString(bytes));
        return true;
    }
}
