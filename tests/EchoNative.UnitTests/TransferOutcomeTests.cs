using EchoNative.Shared;

namespace EchoNative.UnitTests;

public sealed class TransferOutcomeTests
{
    private const string Server = "127.0.0.1:9190";

    [Fact]
    public void A_transfer_of_which_all_came_back_has_no_problem() =>
        Assert.Empty(new TransferOutcome { Server = Server, Sent = 5, Received = 5 }.FindProblems());

    [Fact]
    public void Every_error_is_told_with_its_call_and_its_subject()
    {
        TransferOutcome outcome = new()
        {
            Server = Server,
            Sent = 6,
            Received = 4,
            ReceiveError = "Connection reset by peer",
            InputError = "Is a directory",
            ShutdownError = "Transport endpoint is not connected",
            SendError = "No buffer space available",
        };
        Assert.Equal(
            [
                "read() error: Connection reset by peer (127.0.0.1:9190)",
                "read() error: Is a directory (standard input)",
                "shutdown() error: Transport endpoint is not connected (127.0.0.1:9190)",
                "write() error: No buffer space available (127.0.0.1:9190)",
                "2 of 6 bytes did not come back",
            ],
            outcome.FindProblems());
    }

    [Fact]
    public void A_server_that_closed_first_is_told_in_place_of_the_write_that_it_made_fail()
    {
        TransferOutcome outcome = new()
        {
            Server = Server,
            Sent = 6,
            Received = 6,
            ServerClosedFirst = true,
            SendError = "Broken pipe",
            SenderKilledBy = "SIGKILL",
        };
        Assert.Equal(["server closed the connection"], outcome.FindProblems());
    }

    [Fact]
    public void A_sending_process_that_a_signal_ended_is_told() =>
        Assert.Equal(
            ["the sending process was killed by SIGKILL"],
            new TransferOutcome { Server = Server, Sent = 1, Received = 1, SenderKilledBy = "SIGKILL" }.FindProblems());

    [Fact]
    public void Where_output_failed_what_is_missing_was_not_asked_for()
    {
        TransferOutcome outcome = new()
        {
            Server = Server,
            Sent = 6,
            Received = 0,
            OutputError = "Broken pipe",
            SentChecksum = Checksum.Empty.With("x"u8),
            ReceivedChecksum = Checksum.Empty,
        };
        Assert.Equal(["write() error: Broken pipe (standard output)"], outcome.FindProblems());
    }

    [Theory]
    [InlineData(3, 3, "abc", "abd", "not verified: sent 3 bytes, crc32c 364b3fb7; received 3 bytes, crc32c e2815b5c")]
    [InlineData(3, 4, "abc", "abc", "not verified: sent 3 bytes, crc32c 364b3fb7; received 4 bytes, crc32c 364b3fb7")]
    public void Other_bytes_and_more_bytes_than_were_sent_are_not_verified(long sent, long received, string text, string back, string problem)
    {
        TransferOutcome outcome = new()
        {
            Server = Server,
            Sent = sent,
            Received = received,
            SentChecksum = Checksum.Empty.With(System.Text.Encoding.ASCII.GetBytes(text)),
            ReceivedChecksum = Checksum.Empty.With(System.Text.Encoding.ASCII.GetBytes(back)),
        };
        Assert.Equal([problem], outcome.FindProblems());
    }
}
