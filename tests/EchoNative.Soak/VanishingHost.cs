using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>
/// A network namespace with clients that vanish while they are connected: its link is deleted before their last packets
/// can reach the server.
/// </summary>
/// <param name="port">The port of the server.</param>
internal sealed class VanishingHost(int port)
{
    // Addresses that RFC 5737 reserves for documentation.
    private const string Here = "198.51.100.1";
    private const string There = "198.51.100.2";
    private const int Clients = 4;
    private const int PauseMilliseconds = 1000;
    private const int MaxWaitMilliseconds = 10_000;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"echo-{Environment.ProcessId}");
    private readonly string _link = string.Create(CultureInfo.InvariantCulture, $"echo{Environment.ProcessId}");

    /// <summary>How many clients have vanished after they were served.</summary>
    public int VanishedClients { get; private set; }

    /// <summary>Makes the namespace, connects its clients and deletes the link, again and again.</summary>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            ConnectAndVanish();
            _ = stop.WaitHandle.WaitOne(PauseMilliseconds);
        }
    }

    private void ConnectAndVanish()
    {
        _ = SystemCommand.Run("ip", "netns", "add", _name);
        try
        {
            _ = SystemCommand.Run("ip", "link", "add", _link, "type", "veth", "peer", "name", "eth0", "netns", _name);
            _ = SystemCommand.Run("ip", "address", "add", $"{Here}/30", "dev", _link);
            _ = SystemCommand.Run("ip", "link", "set", _link, "up");
            _ = SystemCommand.Run("ip", "-n", _name, "address", "add", $"{There}/30", "dev", "eth0");
            _ = SystemCommand.Run("ip", "-n", _name, "link", "set", "eth0", "up");
            List<RunningProgram> clients = [.. Enumerable.Range(0, Clients).Select(_ => Start())];
            foreach (RunningProgram client in clients)
            {
                SendHello(client);
            }

            // At the limit a client waits in the accept queue. Those that are not served in time vanish there.
            Thread.Sleep(PauseMilliseconds);
            _ = Deadline.Holds(() => clients.Exists(WasServed), TimeSpan.FromMilliseconds(MaxWaitMilliseconds));
            VanishedClients += clients.Count(WasServed);
            _ = SystemCommand.Run("ip", "link", "delete", _link);
            clients.ForEach(client => client.Dispose());
        }
        finally
        {
            _ = SystemCommand.Run("ip", "netns", "delete", _name);
        }
    }

    private static bool WasServed(RunningProgram client) => client.Output == "hello\n";

    private static void SendHello(RunningProgram client)
    {
        try
        {
            client.Type("hello\n");
        }
        catch (IOException)
        {
            // The client has ended already: its server's child was killed, or could not be forked.
        }
    }

    private RunningProgram Start()
    {
        string[] client = [Binary.Client, "--raw", Here, port.ToString(CultureInfo.InvariantCulture)];
        return new RunningProgram(Tool.Find("ip", "iproute2"), ["netns", "exec", _name, .. client]);
    }
}
