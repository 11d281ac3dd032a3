using System;
using System.Collections.Generic;
using EchoNative.Shared;

namespace EchoNative.UnitTests;

public sealed class TransferReportTests
{
    private const string Server = "127.0.0.1:9190";

    [Fact]
    public void A_transfer_of_which_all_came_back_has_no_problem() =>
        Assert.Empty(new TransferReport { Server = Server, Sent = 5, Received = 5 }.FindProblems());

    [Fact]
    public void Every_error_is_reported_with_its_call_and_its_subject()
    {
        TransferReport report = new()
        {
            Server = Server,
            Sent = 6,
            Received = 4,
            ReceiveError = "Connection reset by peer",
            WaitError = "Cannot allocate memory",
            InputError = "Is a directory",
            ShutdownError = "Transport endpoint is not connected",
            SendError = "No buffer space available",
        };
        Assert.Equal(
            [
                "read() error: Connection reset by peer (127.0.0.1:9190)",
                "ppoll() error: Cannot allocate memory (127.0.0.1:9190)",
                "read() error: Is a directory (standard input)",
                "shutdown() error: Transport endpoint is not connected (127.0.0.1:9190)",
                "write() error: No buffer space available (127.0.0.1:9190)",
                "2 of 6 bytes did not come back",
            ],
            report.FindProblems());
    }

    [Theory]
    [InlineData(2, "no answer for 2 s (127.0.0.1:9190)")]
    [InlineData(0.25, "no answer for 0.25 s (127.0.0.1:9190)")]
    public void An_answer_that_did_not_come_is_reported_with_the_time(double seconds, string line) =>
        Assert.Equal(
            [line, "3 of 3 bytes did not come back"],
            new TransferReport { Server = Server, Sent = 3, Received = 0, Unanswered = TimeSpan.FromSeconds(seconds) }
                .FindProblems());

    [Fact]
    public void A_server_that_closed_first_is_reported_instead_of_the_write_that_failed_by_that()
    {
        TransferReport report = new()
        {
            Server = Server,
            Sent = 6,
            Received = 6,
            ServerClosedFirst = true,
            SendError = "Broken pipe",
            SenderKilledBy = "SIGKILL",
        };
        Assert.Equal(["server closed the connection"], report.FindProblems());
    }

    [Fact]
    public void A_sending_process_that_was_killed_is_reported_with_its_signal() =>
        Assert.Equal(
            ["the sending process was killed by SIGKILL"],
            new TransferReport { Server = Server, Sent = 1, Received = 1, SenderKilledBy = "SIGKILL" }.FindProblems());

    [Fact]
    public void After_an_error_of_the_output_missing_bytes_are_not_reported()
    {
        TransferReport report = new()
        {
            Server = Server,
            Sent = 6,
            Received = 0,
            OutputError = "Broken pipe",
            SentChecksum = Checksum.Empty.With("x"u8),
            ReceivedChecksum = Checksum.Empty,
        };
        Assert.Equal(["write() error: Broken pipe (standard output)"], report.FindProblems());
    }

    [Theory]
    [InlineData(3, 3, "abc", "abd", "not verified: sent 3 bytes, crc32c 364b3fb7; received 3 bytes, crc32c e2815b5c")]
    [InlineData(3, 4, "abc", "abc", "not verified: sent 3 bytes, crc32c 364b3fb7; received 4 bytes, crc32c 364b3fb7")]
    public void Other_bytes_and_more_bytes_than_were_sent_are_not_verified(
        long sent, long received, string text, string back, string problem)
    {
        TransferReport report = new()
        {
            Server = Server,
            Sent = sent,
            Received = received,
            SentChecksum = Checksum.Empty.With(System.Text.Encoding.ASCII.GetBytes(text)),
            ReceivedChecksum = Checksum.Empty.With(System.Text.Encoding.ASCII.GetBytes(back)),
        };
        Assert.Equal([problem], report.FindProblems());
    }

    [Theory]
    [InlineData(false, new[] { "verified: 3 bytes, crc32c 364b3fb7\n" })]
    [InlineData(true, new string[0])]
    public void A_right_checksum_is_reported_unless_only_errors_are_wanted(bool isQuiet, string[] expected)
    {
        Checksum checksum = Checksum.Empty.With("abc"u8);
        TransferReport report = new()
        {
            Server = Server,
            Sent = 3,
            Received = 3,
            SentChecksum = checksum,
            ReceivedChecksum = checksum,
        };
        List<string> lines = [];
        Assert.True(report.Write(isQuiet, lines.Add));
        Assert.Equal(expected, lines);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Problems_are_reported_in_any_case_a_line_each_and_nothing_is_verified_then(bool isQuiet)
    {
        TransferReport report = new()
        {
            Server = Server,
            Sent = 3,
            Received = 3,
            SentChecksum = Checksum.Empty,
            ReceivedChecksum = Checksum.Empty,
            InputError = "Is a directory",
            ServerClosedFirst = true,
        };
        List<string> lines = [];
        Assert.False(report.Write(isQuiet, lines.Add));
        Assert.Equal(
            ["echo-client: read() error: Is a directory (standard input)\n", "echo-client: server closed the connection\n"],
            lines);
    }
}
