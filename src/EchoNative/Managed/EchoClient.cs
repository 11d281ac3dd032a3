using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>
/// The client without processes: one thread sends (<see cref="Sender"/>) and the main thread receives
/// (<see cref="Receiver"/>), so that neither waits for the other. The main thread reports how both have ended.
/// </summary>
internal sealed class EchoClient
{
    private const int CountMilliseconds = 1000;

    private readonly ClientOptions _options;
    private readonly Socket _server;
    private readonly IPEndPoint _address;
    private readonly SenderState _sender = new();
    private readonly Receiver _receiver;
    private bool _serverClosedFirst;
    private bool _halfClosedHere;

    private EchoClient(ClientOptions options, Socket server, IPEndPoint address)
    {
        _options = options;
        _server = server;
        _address = address;
        _receiver = new Receiver(server, options, _sender);
    }

    /// <summary>Sends standard input and shows what comes back.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="FailedCallException">No connection could be made.</exception>
    public static int Run(ClientOptions options)
    {
        IgnoredSignals.Ignore();
        FirstProcess.EndBySignals();

        // The end of the process closes the socket, and nothing before it: until then the sender may be using it.
        Socket server = Connection.Open(options, out IPEndPoint address);
        return new EchoClient(options, server, address).Run();
    }

    private int Run()
    {
        using StatusLine? status = _options.Raw && !_options.Quiet ? new StatusLine(_sender, _receiver) : null;
        Thread sender = new Sender(_server, _options.Raw, _options.Verify, _sender).Start();
        _receiver.ReceiveAll();
        EndSender(sender);
        status?.End();
        return Report();
    }

    /// <summary>Waits for the sender, unless it still waits for input, from a terminal for example.</summary>
    private void EndSender(Thread sender)
    {
        if (_sender.IsComplete || _sender.SendError is not null)
        {
            sender.Join();
            return;
        }

        _serverClosedFirst = _receiver.OutputError is null && _receiver.ReceiveError is null && !_receiver.IsUnanswered;

        // After an error of the output the count is not reported, and the half-close would make the sender's write fail.
        if (_receiver.OutputError is null)
        {
            WaitForSenderCount(sender);
        }
    }

    /// <summary>
    /// Waits until the count of sent bytes is complete. The half-close ends a write that waits for room.
    /// </summary>
    private void WaitForSenderCount(Thread sender)
    {
        _halfClosedHere = true;
        try
        {
            _server.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The connection has ended in both directions, and the sender's write fails by itself.
        }

        for (int tries = 0; tries < CountMilliseconds && _sender.IsSending; tries++)
        {
            _ = sender.Join(millisecondsTimeout: 1);
        }
    }

    /// <summary>Reports how the transfer has ended.</summary>
    /// <returns>The exit status.</returns>
    private int Report() => CreateReport().Write(_options.Quiet, WriteError) ? ExitStatus.Done : ExitStatus.Failed;

    private TransferReport CreateReport() => new()
    {
        Server = PeerText.Of(_address),
        Sent = _sender.Sent,
        Received = _receiver.Received,
        SentChecksum = _options.Verify ? _sender.SentChecksum : null,
        ReceivedChecksum = _options.Verify ? _receiver.ReceivedChecksum : null,
        ReceiveError = _receiver.ReceiveError,
        OutputError = _receiver.OutputError,
        InputError = _sender.InputError,

        // If this thread has half-closed, the sender's own half-close fails, which is no problem.
        ShutdownError = _halfClosedHere ? null : _sender.ShutdownError,

        // If the server has closed the connection, the sender's write may be the first call that fails. If the client has given
        // up, its own half-close makes that call fail.
        ServerClosedFirst = _serverClosedFirst || (_sender.SendFailedByServer && !_receiver.IsUnanswered),
        SendError = _receiver.IsUnanswered ? null : _sender.SendError,
        Unanswered = _receiver.IsUnanswered ? _options.Wait : null,
    };

    private static void WriteError(string text) => _ = ByteStream.Error.Write(Encoding.UTF8.GetBytes(text));
}
