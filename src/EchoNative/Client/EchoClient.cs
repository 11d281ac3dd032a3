using System.Collections.Generic;
using System.Text;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Client;

/// <summary>
/// Connects and forks once: the child sends (<see cref="Sender"/>), the parent receives
/// (<see cref="Receiver"/>), so that neither waits for the other. The parent removes the child and tells
/// how both fared.
/// </summary>
internal sealed class EchoClient
{
    private const int BufferLength = 64 * 1024;
    private const int CountingMilliseconds = 1000;

    private readonly ClientOptions _options;
    private readonly ConnectedSocket _server;
    private readonly SocketAddress _address;
    private readonly SignalSet _mask;
    private readonly Tally _tally = Tally.Create();
    private readonly Receiver _receiver;

    private int _senderId;
    private WaitStatus? _senderStatus;
    private bool _serverClosedFirst;
    private bool _halfClosedHere;

    private EchoClient(ClientOptions options, ConnectedSocket server, SocketAddress address, SignalSet mask)
    {
        _options = options;
        _server = server;
        _address = address;
        _mask = mask;
        _receiver = new Receiver(server, options);
    }

    /// <summary>Sends standard input and shows what comes back.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="PosixException">No connection, or no child, could be made.</exception>
    public static int Run(ClientOptions options)
    {
        SignalSet handled = SignalSet.Of(Signal.Child);
        SignalSet mask = SignalMask.BlockInEveryThread(handled).Without(handled);
        if (!CurrentProcess.MayFork(out string? obstacle))
        {
            throw new PosixException("fork", "Operation not supported", obstacle);
        }

        // Whoever reads our output or our bytes and goes away is told by EPIPE, not by our sudden end; a
        // file that may not become longer, by EFBIG.
        SignalHandler.Ignore(Signal.Pipe);
        SignalHandler.Ignore(Signal.FileSizeExceeded);
        ConnectedSocket server = Connection.Open(options, out SocketAddress address);
        EchoClient client = new(options, server, address, mask);
        StatusLine? status = options.Raw && !options.Quiet ? new StatusLine(client._tally, StatusLine.HasPlace) : null;
        client.ForkSender(handled);
        client._receiver.ReceiveAll(mask, status);
        client.EndSender();
        server.Close();
        status?.End(client._receiver.Received);
        return client.Report();
    }

    private void ForkSender(in SignalSet handled)
    {
        // Before the fork, so that not even the end of a child that ends at once is missed.
        SignalHandler.Install(Signal.Child, handled, _ => RemoveSender());
        Sender sender = new()
        {
            Server = _server,
            ParentId = CurrentProcess.Id,
            Raw = _options.Raw,
            Verify = _options.Verify,
            Mask = _mask,
            Buffer = MemoryMapping.Private(BufferLength).Bytes,
            Tally = _tally,
        };

        ForkResult fork = ChildProcess.Fork();
        if (fork.Failed)
        {
            throw new PosixException("fork", fork.Error.ToString(), "sending process");
        }

        if (fork.IsChild)
        {
            sender.Run();
        }

        _senderId = fork.ProcessId;

        // The sender reads there; a terminal or pipe is to have one reader.
        StandardStream.Input.Close();
    }

    /// <summary>The SIGCHLD handler.</summary>
    private void RemoveSender()
    {
        if (_senderStatus is null && ChildProcess.TryReap(_senderId, out WaitStatus status))
        {
            _senderStatus = status;

            // One that was killed had no time to half-close. Without that the server would wait for more,
            // and we for the server, for ever.
            if (!status.IsSuccess)
            {
                // Where that fails too, the server may never end. Why the sender failed is told in any case.
                if (_server.ShutdownWrite().IsError)
                {
                    _receiver.StopWaiting();
                }
            }
        }
    }

    /// <summary>Removes the sender, and ends it first where it still sits in a read, from a terminal say.</summary>
    private void EndSender()
    {
        if (_senderStatus is not null)
        {
            return;
        }

        if (!_tally.IsComplete)
        {
            // A sender that could not go on has half-closed: then the end of file is the answer to that.
            _serverClosedFirst = !_receiver.OutputError.IsError && !_receiver.ReceiveError.IsError && !_tally.SendError.IsError;

            // Where output failed nobody asks how much was sent, and the sender's write would fail by our own doing.
            if (!_receiver.OutputError.IsError)
            {
                LetSenderCount();
            }

            if (_senderStatus is not null)
            {
                return;
            }

            ChildProcess.Send(_senderId, Signal.Kill);
        }

        _ = ChildProcess.Wait(_senderId);
    }

    /// <summary>
    /// Waits until the tally tells of all that was sent. A sender that waits for room is let out of its write by the
    /// half-close; the time is for one that is stopped.
    /// </summary>
    private void LetSenderCount()
    {
        _ = _server.ShutdownWrite();
        _halfClosedHere = true;
        for (int tries = 0; tries < CountingMilliseconds && _tally.IsSending && _senderStatus is null; tries++)
        {
            _ = Poll.WaitForSignal(milliseconds: 1, _mask);
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
        Server = _address.ToString(),
        Sent = _tally.Sent,
        Received = _receiver.Received,
        SentChecksum = _options.Verify ? _tally.SentChecksum : null,
        ReceivedChecksum = _options.Verify ? _receiver.ReceivedChecksum : null,
        ReceiveError = Reason(_receiver.ReceiveError),
        OutputError = Reason(_receiver.OutputError),
        InputError = Reason(_tally.InputError),

        // The sender's half-close is to fail where the connection was half-closed in its place.
        ShutdownError = _halfClosedHere ? null : Reason(_tally.ShutdownError),

        // A write to a connection that the server has closed fails in the sender; the reason is the same.
        ServerClosedFirst = _serverClosedFirst || _tally.SendError.IsDisconnected,
        SendError = Reason(_tally.SendError),
        SenderKilledBy = _senderStatus is { IsKilled: true } status ? $"SIG{Encoding.ASCII.GetString(status.SignalName)}" : null,
    };

    private static string? Reason(Errno error) => error.IsError ? error.ToString() : null;

    private static void Tell(string text) => _ = StandardStream.Error.WriteAll(Encoding.UTF8.GetBytes(text));
}
