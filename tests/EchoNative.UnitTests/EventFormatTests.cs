using System;
using System.Text;
using System.Text.Json;
using EchoNative.Log;
using FsCheck.Xunit;

namespace EchoNative.UnitTests;

public sealed class EventFormatTests
{
    private const long Time = 1_769_903_999_999; // 2026-01-31T23:59:59.999Z

    [Fact]
    public void Text_has_the_time_before_it_only_when_asked()
    {
        Assert.Equal("new client connected... p (pid 7, 1 active)\n", Connected(new EventFormat(isJson: false, isStamped: false), "p"u8));
        Assert.Equal(
            "2026-01-31T23:59:59.999Z new client connected... p (pid 7, 1 active)\n",
            Connected(new EventFormat(isJson: false, isStamped: true), "p"u8));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    public void The_clock_is_needed_only_where_the_time_is_told(bool isJson, bool isStamped, bool needed) =>
        Assert.Equal(needed, new EventFormat(isJson, isStamped).TellsTime);

    [Theory]
    [InlineData(0, "", "end of file")]
    [InlineData(60, "Resource temporarily unavailable", "idle for 60 s")]
    [InlineData(0, "Connection reset by peer", "Connection reset by peer")]
    public void A_session_that_did_not_end_by_the_end_of_file_is_told_with_its_cause(int idleSeconds, string error, string cause)
    {
        foreach (bool isStamped in new[] { false, true })
        {
            LogLine line = new(new byte[LogLine.MaxLength]);
            new EventFormat(isJson: false, isStamped).Disconnected(
                ref line, Time, "p"u8, 7, 12, 3108, idleSeconds, Encoding.ASCII.GetBytes(error));
            Assert.Equal(
                (isStamped ? "2026-01-31T23:59:59.999Z " : "") + "client disconnected... p (pid 7, 12 bytes, 3.108 s)"
                    + (cause == "end of file" ? "" : $": {cause}") + "\n",
                Encoding.ASCII.GetString(line.End()));
        }
    }

    [Fact]
    public void A_session_without_a_process_of_its_own_has_none_in_JSON_either()
    {
        LogLine line = new(stackalloc byte[EventJson.MaxLength]);
        new EventFormat(isJson: true, isStamped: false).Connected(ref line, Time, "[::1]:5"u8, processId: 0, active: 3);
        Assert.Equal(
            """{"time":"2026-01-31T23:59:59.999Z","event":"connected","peer":"[::1]:5","active":3}""" + "\n",
            Encoding.ASCII.GetString(line.End()));
    }

    [Fact]
    public void A_signal_without_a_name_is_told_by_its_number()
    {
        LogLine line = new(stackalloc byte[EventJson.MaxLength]);
        new EventFormat(isJson: true, isStamped: false).Removed(ref line, Time, 7, exitStatus: 0, signalNumber: 34, signalName: default);
        Assert.Equal(
            """{"time":"2026-01-31T23:59:59.999Z","event":"removed","pid":7,"signal":"signal 34"}""" + "\n",
            Encoding.ASCII.GetString(line.End()));
    }

    [Theory]
    [InlineData(0, false, "removed client: p", "\"status\":0")]
    [InlineData(1, false, "removed client: p (exit status 1)", "\"status\":1")]
    [InlineData(0, true, "removed client: p (ended)", "\"ended\":true")]
    public void A_client_without_a_process_is_removed_by_its_name(int status, bool wasEnded, string text, string member)
    {
        LogLine line = new(stackalloc byte[LogLine.MaxLength]);
        new EventFormat(isJson: false, isStamped: false).RemovedClient(ref line, Time, "p"u8, status, wasEnded);
        Assert.Equal(text + "\n", Encoding.ASCII.GetString(line.End()));
        LogLine json = new(stackalloc byte[EventJson.MaxLength]);
        new EventFormat(isJson: true, isStamped: false).RemovedClient(ref json, Time, "p"u8, status, wasEnded);
        Assert.Equal(
            $"{{\"time\":\"2026-01-31T23:59:59.999Z\",\"event\":\"removed\",\"peer\":\"p\",{member}}}\n",
            Encoding.ASCII.GetString(json.End()));
    }

    [Fact]
    public void The_longest_events_fit()
    {
        byte[] peer = Encoding.ASCII.GetBytes(new string('p', 80));
        byte[] error = Encoding.ASCII.GetBytes(new string('e', 60));
        foreach ((bool isJson, bool isStamped) in new[] { (false, false), (false, true), (true, false) })
        {
            EventFormat format = new(isJson, isStamped);
            LogLine line = new(new byte[format.MaxLength]);
            format.Disconnected(ref line, Time, peer, int.MaxValue, long.MaxValue, long.MaxValue, 0, error);
            Assert.Contains(new string('p', 80), Encoding.ASCII.GetString(line.Text), StringComparison.Ordinal);
            Assert.Contains(isJson ? "eee\"}" : "eee", Encoding.ASCII.GetString(line.Text[^5..]), StringComparison.Ordinal);
        }
    }

    [Property(MaxTest = 500)]
    public void Any_text_comes_out_of_JSON_as_it_went_in(string? text)
    {
        string wanted = (text ?? "").Length > 60 ? text![..60] : text ?? "";
        byte[] bytes = Encoding.UTF8.GetBytes(wanted);
        using JsonDocument document = JsonDocument.Parse(Connected(new EventFormat(isJson: true, isStamped: false), bytes));
        Assert.Equal(Encoding.UTF8.GetString(bytes), document.RootElement.GetProperty("peer").GetString());
    }

    [Property(MaxTest = 500)]
    public void Any_bytes_whatever_give_one_line_of_JSON(byte[]? bytes)
    {
        byte[] given = bytes ?? [];
        string line = Connected(new EventFormat(isJson: true, isStamped: false), given);
        using JsonDocument document = JsonDocument.Parse(line);
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        if (given.Length < 60)
        {
            Assert.Equal(Encoding.UTF8.GetString(given), document.RootElement.GetProperty("peer").GetString());
        }
    }

    [Theory]
    [InlineData('e')]
    [InlineData('\u0001')]
    [InlineData('"')]
    [InlineData('\u20ac')]
    public void A_text_without_end_is_cut_and_the_line_is_JSON_still(char letter)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(new string(letter, 10_000));
        LogLine line = new(stackalloc byte[EventJson.MaxLength]);
        new EventFormat(isJson: true, isStamped: false).ForkFailed(ref line, Time, bytes, bytes);
        using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetString(line.End()));
        Assert.StartsWith(new string(letter, 20), document.RootElement.GetProperty("peer").GetString(), StringComparison.Ordinal);
    }

    private static string Connected(EventFormat format, ReadOnlySpan<byte> peer)
    {
        LogLine line = new(stackalloc byte[format.MaxLength]);
        format.Connected(ref line, Time, peer, processId: 7, active: 1);
        return Encoding.UTF8.GetString(line.End());
    }
}
