using System;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>Any bytes as standard input: client and server pass them on.</summary>
public abstract class PairFuzzContract(Engine client, Engine server) : PairContract(client, server)
{
    private const int LongestInput = 100_000;

    [Fact]
    public void Any_bytes_on_standard_input_come_back_unchanged()
    {
        using RunningServer server = Serve("--bind", "127.0.0.1");
        Random random = new(5);
        int rounds = Client.Rounds(30);
        for (int round = 0; round < rounds; round++)
        {
            byte[] input = new byte[random.Next(LongestInput)];
            random.NextBytes(input);
            using RunningClient raw = Connect(server.Port, "--raw");
            raw.Feed(input);
            Assert.Equal(0, raw.WaitForExit());
            Assert.Equal(input, raw.Program.GetOutputBytes());

            // Shown by lines, it may hold the one that ends it.
            using RunningClient shown = Connect(server.Port);
            shown.Feed(input);
            Assert.Equal(0, shown.WaitForExit());
            Assert.Empty(shown.Error);
        }
    }
}

public sealed class NativeToNativeFuzzTests() : PairFuzzContract(Engine.Native, Engine.Native);

public sealed class NativeToManagedFuzzTests() : PairFuzzContract(Engine.Native, Engine.Managed);

public sealed class ManagedToNativeFuzzTests() : PairFuzzContract(Engine.Managed, Engine.Native);

public sealed class ManagedToManagedFuzzTests() : PairFuzzContract(Engine.Managed, Engine.Managed);
