using System;
using System.IO;
using System.Linq;
using System.Text;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary><c>--verify</c>: whether what came back is what was sent.</summary>
public abstract class ClientVerifyContract(Engine client) : ClientContract(client)
{
    private const string Sent = "0123456789";

    [Theory]
    [InlineData("0123456789", "")]
    [InlineData("0123496785", "")] // two bytes in each other's place
    [InlineData("0123456788", "")]
    [InlineData("012345678", "1 of 10 bytes did not come back")]
    [InlineData("1234567890", "")]
    [InlineData("01234567890", "")]
    [InlineData("", "10 of 10 bytes did not come back")]
    public void Other_bytes_than_were_sent_are_reported_with_both_lengths_and_checksums(string answer, string missing)
    {
        using ScriptedServer server = Answering(answer);
        using RunningClient client = Connect(server.Port, "--raw", "--verify");
        client.Feed(Encoding.ASCII.GetBytes(Sent));
        int status = client.WaitForExit();
        server.Join();
        string[] problems =
        [
            missing,
            $"not verified: sent 10 bytes, crc32c {Checksum(Sent)}; received {answer.Length} bytes, crc32c {Checksum(answer)}",
        ];
        string told = answer == Sent
            ? $"verified: 10 bytes, crc32c {Checksum(Sent)}\n"
            : string.Concat(problems.Where(problem => problem.Length > 0).Select(problem => $"echo-client: {problem}\n"));
        Assert.Equal((answer == Sent ? 0 : 1, told), (status, TransferLine.Skip(client.Error)));
        Assert.Equal(answer, client.Output);
    }

    [Fact]
    public void One_bit_in_many_megabytes_is_found()
    {
        byte[] bytes = new byte[5_000_000];
        new Random(4).NextBytes(bytes);
        byte[] changed = [.. bytes];
        changed[^70_000] ^= 0x10;
        using ScriptedServer server = new(socket =>
        {
            Assert.Equal(bytes, socket.ReceiveExactly(bytes.Length));
            Assert.True(socket.IsAtEnd());
            socket.SendAll(changed);
        });
        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, bytes);
        using RunningProgram client = new(
            "sh", ["-c", $"exec {Client.ClientLine} --quiet --verify --raw 127.0.0.1 {server.Port} <{file}"]);
        Assert.Equal(1, client.WaitForExit());
        File.Delete(file);
        server.Join();
        Assert.Equal(
            $"echo-client: not verified: sent {bytes.Length} bytes, crc32c {Crc32C.Of(bytes)}; "
                + $"received {bytes.Length} bytes, crc32c {Crc32C.Of(changed)}\n",
            client.Error);
    }

    [Fact]
    public void Without_verify_other_bytes_of_the_same_number_are_no_error()
    {
        using ScriptedServer server = Answering("9876543210");
        using RunningClient client = Connect(server.Port, "--raw");
        client.Feed(Encoding.ASCII.GetBytes(Sent));
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal("", TransferLine.Skip(client.Error));
    }

    private static ScriptedServer Answering(string answer) => new(socket =>
    {
        Assert.Equal(Sent, socket.ReceiveText(Sent.Length));
        Assert.True(socket.IsAtEnd());
        socket.SendText(answer);
    });

    private static string Checksum(string text) => Crc32C.Of(Encoding.ASCII.GetBytes(text));

    [Fact]
    public void Bytes_that_come_back_unchanged_are_reported_with_their_checksum()
    {
        byte[] bytes = new byte[20_000_000];
        new Random(3).NextBytes(bytes);
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port, "--raw", "--verify");
        client.Feed(bytes);
        Assert.Equal(0, client.WaitForExit());
        Assert.True(bytes.AsSpan().SequenceEqual(client.Program.GetOutputBytes()));
        Assert.Equal($"verified: {bytes.Length} bytes, crc32c {Crc32C.Of(bytes)}\n", TransferLine.Skip(client.Error));
    }

    [Theory]
    [InlineData("", "verified: 0 bytes, crc32c 00000000\n")]
    [InlineData("123456789", "verified: 9 bytes, crc32c e3069283\n")]
    [InlineData("hello\nq\nnever sent\n", "verified: 6 bytes, crc32c 353dd8be\n")]
    public void With_lines_the_checksum_covers_what_was_sent_and_not_what_is_shown(string input, string told)
    {
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port, "--verify");
        client.Feed(Encoding.ASCII.GetBytes(input));
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal(told, client.Error);
    }

    [Fact]
    public void With_quiet_a_verified_transfer_shows_nothing()
    {
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port, "--quiet", "--verify", "--raw");
        client.Feed("hello\n"u8);
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal(("", ""), (client.Output, client.Error));
    }

    [Fact]
    public void An_output_that_can_not_be_written_is_reported_and_nothing_is_compared()
    {
        using RunningServer server = Serve();
        using RunningProgram client = new(
            "sh", ["-c", $"echo hello | {{ exec {Client.ClientLine} --verify --raw 127.0.0.1 {server.Port} >/dev/full; }}"]);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal("echo-client: write() error: No space left on device (standard output)\n", TransferLine.Skip(client.Error));
    }
}

public sealed class NativeClientVerifyTests() : ClientVerifyContract(Engine.Native);

public sealed class ManagedClientVerifyTests() : ClientVerifyContract(Engine.Managed);
