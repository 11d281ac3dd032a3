using System;
using System.Globalization;
using System.Linq;
using System.Text;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>
/// What depends on client and server together: how much each of them keeps in its buffers, and how the half-close of one
/// ends the session of the other. A derived class runs it with one engine for each.
/// </summary>
/// <param name="client">The engine of the client.</param>
/// <param name="server">The engine of the server.</param>
public abstract class PairContract(Engine client, Engine server)
{
    private const string Prefix = "Message from server: ";

    [Fact]
    public void Raw_bytes_pass_unchanged_and_q_is_data()
    {
        byte[] bytes = new byte[20_000_000];
        new Random(2).NextBytes(bytes);
        "q\nQ\n"u8.CopyTo(bytes);
        using RunningServer listening = new(server);
        using RunningClient raw = new(client, listening.Port, "--raw");
        raw.Feed(bytes);
        Assert.Equal(0, raw.WaitForExit());
        Assert.True(bytes.AsSpan().SequenceEqual(raw.Program.GetOutputBytes()));
        Assert.Empty(TransferLine.Skip(raw.Error));
    }

    [Fact]
    public void More_than_all_buffers_hold_comes_back_past_a_slow_reader()
    {
        const int Length = 50_000_000;
        using RunningServer listening = new(server);
        using RunningProgram program = new(
            "bash",
            ["-c", $"head -c {Length} /dev/zero | {client.ClientLine} --raw 127.0.0.1 {listening.Port} | (sleep 0.5; wc -c)"]);
        Assert.Equal(0, program.WaitForExit());
        Assert.Equal(Length.ToString(CultureInfo.InvariantCulture), program.Output.Trim());
    }

    [Fact]
    public void Two_clients_do_not_hear_each_other()
    {
        using RunningServer listening = new(server);
        using RunningClient first = new(client, listening.Port);
        using RunningClient second = new(client, listening.Port);
        first.Feed(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("first\n", 1000))));
        second.Feed(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("second\n", 1000))));
        Assert.Equal(0, first.WaitForExit());
        Assert.Equal(0, second.WaitForExit());
        Assert.Equal(string.Concat(Enumerable.Repeat($"{Prefix}first\n", 1000)), first.Output);
        Assert.Equal(string.Concat(Enumerable.Repeat($"{Prefix}second\n", 1000)), second.Output);
    }
}

public sealed class NativeToNativeTests() : PairContract(Engine.Native, Engine.Native);

public sealed class NativeToManagedTests() : PairContract(Engine.Native, Engine.Managed);

public sealed class ManagedToNativeTests() : PairContract(Engine.Managed, Engine.Native);

public sealed class ManagedToManagedTests() : PairContract(Engine.Managed, Engine.Managed);
