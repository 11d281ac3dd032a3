using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>The resources of a process, which a soak must not increase.</summary>
/// <param name="Descriptors">Its open descriptors, each with what it refers to.</param>
/// <param name="Anonymous">Its anonymous memory in KiB, without the stack of its main thread.</param>
/// <param name="PageTables">The size of its page tables: VmPTE.</param>
/// <param name="Mappings">The number of its mappings: the lines of /proc/PID/maps.</param>
internal sealed record Footprint(string Descriptors, long Anonymous, string PageTables, int Mappings)
{
    /// <summary>Reads the resources of a process.</summary>
    public static Footprint Of(int processId) => new(
        string.Join('\n', ProcessTable.DescriptorsOf(processId).OrderBy(one => one.Key).Select(one => $"{one.Key}:{one.Value}")),
        ProcessMemory.AnonymousBesidesStackOf(processId),
        ProcessTable.StatusOf(processId, "VmPTE"),
        ProcessMemory.MappingsOf(processId).Count);

    /// <summary>The numbers that the report shows.</summary>
    public override string ToString() =>
        $"{Descriptors.Split('\n').Length} descriptors, anonymous {Anonymous} kB, VmPTE {PageTables}, {Mappings} mappings";
}

/// <summary>A server that is soaked, with the connections of its clients.</summary>
internal sealed class SoakedServer : IDisposable
{
    private readonly string _name;
    private readonly Footprint _before;

    /// <summary>Starts the server, fills it to its limit once, and reads its resources.</summary>
    /// <param name="name">The name of the server in the report.</param>
    /// <param name="maxClients">The limit of clients.</param>
    /// <param name="options">The other options of the server.</param>
    public SoakedServer(string name, int maxClients, params IEnumerable<string> options)
    {
        _name = name;
        Server = new RunningServer([.. options, "--max-clients", $"{maxClients}"]);
        Fill(maxClients);
        _before = Footprint.Of(Server.Program.Id);
    }

    /// <summary>The server.</summary>
    public RunningServer Server { get; }

    /// <summary>The results of the connections. The clients add to it.</summary>
    public ConcurrentQueue<Connection> Connections { get; } = new();

    /// <summary>Waits until all children have ended, reads the resources of the server again, and stops it.</summary>
    /// <returns>The result, with both footprints.</returns>
    public ServerReport Finish()
    {
        RunningProgram program = Server.Program;
        Deadline.WaitUntil(() => ProcessTable.ChildrenOf(program.Id).Count == 0, "all children are removed", () => Tail());

        // A client that vanished in the accept queue may be accepted only now: the server has a child again for a moment.
        _ = Deadline.Holds(() => Footprint.Of(program.Id) == _before, Deadline.Long);
        Footprint after = Footprint.Of(program.Id);
        int status = Server.Stop();
        SessionLog log = new(Server);
        List<string> unexplained =
            [.. Connections.Where(one => one.Ending == Ending.CutOff && !log.Explains(one.Peer)).Select(one => one.Peer)];

        // The log has no address of a client that was refused at the limit, that met one of many failed forks, or
        // whose child was killed before its first line. Only their numbers are compared.
        long anonymous = log.KilledBeforeLog + log.Refused + log.ForksFailedUnlogged;
        int notLogged = unexplained.Count(peer => !log.HasSeen(peer));
        long lost = unexplained.Count - notLogged + Math.Max(0, notLogged - anonymous);
        return new ServerReport(_name, [.. Connections], log, lost, _before, after, status);
    }

    /// <inheritdoc/>
    public void Dispose() => Server.Dispose();

    private void Fill(int maxClients)
    {
        List<Socket> clients = [.. Enumerable.Range(1, maxClients).Select(Connect)];
        Server.WaitForConnected(maxClients);
        clients.ForEach(client => client.Dispose());
        Server.WaitForRemoved(maxClients);
    }

    // Each client has its own address, so that the limit per peer does not apply.
    private Socket Connect(int number)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(new IPAddress([127, 2, 0, (byte)number]), 0));
        socket.Connect(IPAddress.Loopback, Server.Port);
        return socket;
    }

    private string Tail() => string.Join('\n', Server.Lines.TakeLast(20));
}
