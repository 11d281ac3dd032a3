using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>
/// A host of its own, a network namespace, whose clients are connected and then are no more, without a word: their
/// last packets are lost with the cable.
/// </summary>
/// <param name="port">The server's.</param>
internal sealed class VanishingHost(int port)
{
    // Addresses that exist in documentation only (RFC 5737).
    private const string Here = "198.51.100.1";
    private const string There = "198.51.100.2";
    private const int Clients = 4;
    private const int MillisecondsBetween = 1000;
    private const int LongestWait = 10_000;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"echo-{Environment.ProcessId}");
    private readonly string _cable = string.Create(CultureInfo.InvariantCulture, $"echo{Environment.ProcessId}");

    /// <summary>How many clients have vanished.</summary>
    public int Vanished { get; private set; }

    /// <summary>Makes it, has its clients served, and lets it vanish, again and again.</summary>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            LiveAndVanish();
            _ = stop.WaitHandle.WaitOne(MillisecondsBetween);
        }
    }

    private void LiveAndVanish()
    {
        _ = SystemCommand.Run("ip", "netns", "add", _name);
        try
        {
            _ = SystemCommand.Run("ip", "link", "add", _cable, "type", "veth", "peer", "name", "eth0", "netns", _name);
            _ = SystemCommand.Run("ip", "address", "add", $"{Here}/30", "dev", _cable);
            _ = SystemCommand.Run("ip", "link", "set", _cable, "up");
            _ = SystemCommand.Run("ip", "-n", _name, "address", "add", $"{There}/30", "dev", "eth0");
            _ = SystemCommand.Run("ip", "-n", _name, "link", "set", "eth0", "up");
            List<RunningProgram> clients = [.. Enumerable.Range(0, Clients).Select(_ => Start())];
            foreach (RunningProgram client in clients)
            {
                Greet(client);
            }

            // At the limit a client waits for its turn: who is not served soon vanishes in the queue.
            Thread.Sleep(MillisecondsBetween);
            _ = SpinWait.SpinUntil(() => clients.Exists(WasServed), LongestWait);
            Vanished += clients.Count(WasServed);
            _ = SystemCommand.Run("ip", "link", "delete", _cable);
            clients.ForEach(client => client.Dispose());
        }
        finally
        {
            _ = SystemCommand.Run("ip", "netns", "delete", _name);
        }
    }

    private static bool WasServed(RunningProgram client) => client.Output == "hello\n";

    private static void Greet(RunningProgram client)
    {
        try
        {
            client.Type("hello\n");
        }
        catch (IOException)
        {
            // Its child was killed, or could not be forked: it has ended already.
        }
    }

    private RunningProgram Start() =>
        new(Tool.Find("ip", "iproute2"), ["netns", "exec", _name, Binary.Client, "--raw", Here, port.ToString(CultureInfo.InvariantCulture)]);
}
