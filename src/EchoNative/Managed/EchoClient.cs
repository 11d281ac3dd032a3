using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>
/// The client without processes: one thread sends (<see cref="Sender"/>), this one receives (<see cref="Receiver"/>),
/// so that neither waits for the other, and tells in the end how both fared.
/// </summary>
internal sealed class EchoClient
{
    private const int CountingMilliseconds = 1000;

    private readonly ClientOptions _options;
    private readonly Socket _server;
    private readonly IPEndPoint _address;
    private readonly Tally _tally = new();
    private readonly Receiver _receiver;
    private bool _serverClosedFirst;
    private bool _halfClosedHere;

    private EchoClient(ClientOptions options, Socket server, IPEndPoint address)
    {
        _options = options;
        _server = server;
        _address = address;
        _receiver = new Receiver(server, options);
    }

    /// <summary>Sends standard input and shows what comes back.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="FailedCallException">No connection could be made.</exception>
    public static int Run(ClientOptions options)
    {
        IgnoredSignals.Ignore();
        using Socket server = Connection.Open(options, out IPEndPoint address);
        return new EchoClient(options, server, address).Run();
    }

    private int Run()
    {
        using StatusLine? status = _options.Raw && !_options.Quiet ? new StatusLine(_tally, _receiver) : null;
        Thread sender = new Sender(_server, _options.Raw, _options.Verify, _tally).Start();
        _receiver.ReceiveAll();
        EndSender(sender);
        status?.End();
        return Report();
    }

    /// <summary>Waits for the sender, but not where it still sits in a read, from a terminal say.</summary>
    private void EndSender(Thread sender)
    {
        if (_tally.IsComplete || _tally.SendError is not null)
        {
            sender.Join();
            return;
        }

        _serverClosedFirst = _receiver.OutputError is null && _receiver.ReceiveError is null;

        // Where output failed nobody asks how much was sent, and the sender's write would fail by our own doing.
        if (_receiver.OutputError is null)
        {
            LetSenderCount(sender);
        }
    }

    /// <summary>
    /// Waits until the tally tells of all that was sent. A sender that waits for room is let out of its write by the
    /// half-close.
    /// </summary>
    private void LetSenderCount(Thread sender)
    {
        _halfClosedHere = true;
        try
        {
            _server.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The connection has ended altogether, which the sender finds out by itself.
        }

        for (int tries = 0; tries < CountingMilliseconds && _tally.IsSending; tries++)
        {
            _ = sender.Join(millisecondsTimeout: 1);
        }
    }

    /// <summary>Tells everything that went wrong, a line each.</summary>
    private int Report()
    {
        IReadOnlyList<string> problems = Outcome().FindProblems();
        foreach (string problem in problems)
        {
            Tell($"echo-client: {problem}\n");
        }

        if (_options.Verify && !_options.Quiet && problems.Count == 0)
        {
            Tell($"verified: {_receiver.Received} bytes, crc32c {_receiver.ReceivedChecksum}\n");
        }

        return problems.Count == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }

    private TransferOutcome Outcome() => new()
    {
        Server = PeerText.Of(_address),
        Sent = _tally.Sent,
        Received = _receiver.Received,
        SentChecksum = _options.Verify ? _tally.SentChecksum : null,
        ReceivedChecksum = _options.Verify ? _receiver.ReceivedChecksum : null,
        ReceiveError = _receiver.ReceiveError,
        OutputError = _receiver.OutputError,
        InputError = _tally.InputError,

        // The sender's half-close is to fail where the connection was half-closed in its place.
        ShutdownError = _halfClosedHere ? null : _tally.ShutdownError,

        // A write to a connection that the server has closed fails in the sender; the reason is the same.
        ServerClosedFirst = _serverClosedFirst || _tally.SendFailedByServer,
        SendError = _tally.SendError,
    };

    private static void Tell(string text) => _ = ByteStream.Error.Write(Encoding.UTF8.GetBytes(text));
}
