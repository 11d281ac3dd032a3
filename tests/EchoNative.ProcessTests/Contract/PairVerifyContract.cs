using System;
using System.Text;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary><c>--verify</c>: whether what came back is what was sent.</summary>
public abstract class PairVerifyContract(Engine client, Engine server) : PairContract(client, server)
{
    [Fact]
    public void Bytes_that_come_back_as_they_were_are_told_with_their_checksum()
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
    public void With_lines_it_is_of_what_was_sent_and_not_of_what_is_shown(string input, string told)
    {
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port, "--verify");
        client.Feed(Encoding.ASCII.GetBytes(input));
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal(told, client.Error);
    }

    [Fact]
    public void Quiet_tells_a_success_by_the_exit_status_alone()
    {
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port, "--quiet", "--verify", "--raw");
        client.Feed("hello\n"u8);
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal(("", ""), (client.Output, client.Error));
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_told_and_nothing_is_compared()
    {
        using RunningServer server = Serve();
        using RunningProgram client = new(
            "sh", ["-c", $"echo hello | {{ exec {Client.ClientLine} --verify --raw 127.0.0.1 {server.Port} >/dev/full; }}"]);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal("echo-client: write() error: No space left on device (standard output)\n", TransferLine.Skip(client.Error));
    }
}

public sealed class NativeToNativeVerifyTests() : PairVerifyContract(Engine.Native, Engine.Native);

public sealed class NativeToManagedVerifyTests() : PairVerifyContract(Engine.Native, Engine.Managed);

public sealed class ManagedToNativeVerifyTests() : PairVerifyContract(Engine.Managed, Engine.Native);

public sealed class ManagedToManagedVerifyTests() : PairVerifyContract(Engine.Managed, Engine.Managed);
