using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>A server under disorder, with the clients it has had.</summary>
internal sealed class Subject : IDisposable
{
    private readonly string _name;
    private readonly Footprint _before;

    /// <summary>Starts it, fills it to its limit once, and then looks at what it has.</summary>
    /// <param name="name">What it is called in the report.</param>
    /// <param name="room">How many clients it takes.</param>
    /// <param name="options">Its options.</param>
    public Subject(string name, int room, params IEnumerable<string> options)
    {
        _name = name;
        Server = new RunningServer([.. options, "--max-clients", $"{room}"]);
        Fill(room);
        _before = Footprint.Of(Server.Program.Id);
    }

    /// <summary>The server.</summary>
    public RunningServer Server { get; }

    /// <summary>How each connection ended.</summary>
    public ConcurrentQueue<Connection> Connections { get; } = new();

    /// <summary>Waits until all children are gone, compares what the server has with before, and stops it.</summary>
    /// <returns>What was found.</returns>
    public Finding Conclude()
    {
        RunningProgram program = Server.Program;
        Deadline.WaitUntil(() => ProcessTable.ChildrenOf(program.Id).Count == 0, "all children are removed", () => Tail());

        // One that vanished in the queue may still be taken out of it when, for a moment, none is there.
        _ = SpinWait.SpinUntil(() => Footprint.Of(program.Id) == _before, Deadline.Long);
        Footprint after = Footprint.Of(program.Id);
        int status = Server.Stop();
        SessionLog log = new(Server);
        List<string> unexplained = [.. Connections.Where(one => one.Ending == Ending.Cut && !log.Explains(one.Peer)).Select(one => one.Peer)];

        // At the limit, and by a child that was killed before its first word, a client is turned away without
        // its address being told; the numbers must do.
        long anonymous = log.KilledSilently + log.Refused;
        int neverSeen = unexplained.Count(peer => !log.HasSeen(peer));
        long lost = unexplained.Count - neverSeen + Math.Max(0, neverSeen - anonymous);
        return new Finding(_name, [.. Connections], log, lost, _before, after, status);
    }

    /// <inheritdoc/>
    public void Dispose() => Server.Dispose();

    private void Fill(int room)
    {
        List<Socket> clients = [.. Enumerable.Range(1, room).Select(Connect)];
        Server.WaitForConnected(room);
        clients.ForEach(client => client.Dispose());
        Server.WaitForRemoved(room);
    }

    // Each from an address of its own, so that none is one too many from there.
    private Socket Connect(int number)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(new IPAddress([127, 2, 0, (byte)number]), 0));
        socket.Connect(IPAddress.Loopback, Server.Port);
        return socket;
    }

    private string Tail() => string.Join('\n', Server.Lines.TakeLast(20));
}
