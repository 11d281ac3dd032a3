using System.Text;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Client;

/// <summary>
/// Connects and forks once: the child sends (<see cref="Sender"/>), the parent receives (<see cref="Receiver"/>), so that
/// neither waits for the other. The parent removes the child and reports how both have ended.
/// </summary>
internal sealed class EchoClient
{
    private const int BufferLength = 64 * 1024;
    private const int CountMilliseconds = 1000;
    private const int EndMilliseconds = 1000;
    private const int EndStepMilliseconds = 10;

    private readonly ClientOptions _options;
    private readonly ConnectedSocket _server;
    private readonly SocketAddress _address;
    private readonly SignalSet _mask;
    private readonly SenderState _sender = SenderState.Create();
    private readonly Receiver _receiver;

    private int _senderId;
    private WaitStatus? _senderStatus;
    private bool _serverClosedFirst;
    private bool _halfClosedHere;
    private bool _isEndingSender;

    private EchoClient(ClientOptions options, ConnectedSocket server, SocketAddress address, SignalSet mask)
    {
        _options = options;
        _server = server;
        _address = address;
        _mask = mask;
        _receiver = new Receiver(server, options, _sender);
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

        // A lost reader of the output or of the connection is found by EPIPE, and a file that may not grow by EFBIG. The
        // signals would end the process instead.
        SignalHandler.Ignore(Signal.Pipe);
        SignalHandler.Ignore(Signal.FileSizeExceeded);
        ConnectedSocket server = Connection.Open(options, out SocketAddress address);
        EchoClient client = new(options, server, address, mask);
        StatusLine? status = options.Raw && !options.Quiet ? new StatusLine(client._sender, StatusLine.CanBeRedrawn) : null;
        client.ForkSender(handled);
        client._receiver.ReceiveAll(mask, status);
        client.EndSender();
        server.Close();
        status?.End(client._receiver.Received);
        return client.Report();
    }

    private void ForkSender(in SignalSet handled)
    {
        // Before the fork, so that the end of a child that ends at once is not missed.
        SignalHandler.Install(Signal.Child, handled, _ => RemoveSender());
        Sender sender = new()
        {
            Server = _server,
            ParentId = CurrentProcess.Id,
            Raw = _options.Raw,
            Verify = _options.Verify,
            Mask = _mask,
            Buffer = MemoryMapping.Private(BufferLength).Bytes,
            State = _sender,
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

        // Only the sender reads there: a terminal or pipe must have one reader.
        StandardStream.Input.Close();
    }

    /// <summary>The SIGCHLD handler.</summary>
    private void RemoveSender()
    {
        if (_senderStatus is null && ChildProcess.TryReap(_senderId, out WaitStatus status))
        {
            _senderStatus = status;

            // A sender that was killed has not half-closed. Without the half-close the server would wait for more bytes, and
            // this process for the server, for ever.
            if (!status.IsSuccess && !_isEndingSender)
            {
                _receiver.ExpectEnd();

                // If that fails too, the server may never end. The sender's failure is reported in any case.
                if (_server.ShutdownWrite().IsError)
                {
                    _receiver.StopWaiting();
                }
            }
        }
    }

    /// <summary>
    /// Removes the sender. If it still waits for input, from a terminal for example, it is killed first. It is left if that
    /// does not end it: a debugger or a freezer may hold it.
    /// </summary>
    private void EndSender()
    {
        if (_senderStatus is not null)
        {
            return;
        }

        if (!_sender.IsComplete)
        {
            // A sender that failed has half-closed, and the server's end of file is the answer to that.
            _serverClosedFirst = !_receiver.OutputError.IsError && !_receiver.ReceiveError.IsError && !_receiver.HasGivenUp
                && !_sender.SendError.IsError;

            // After an error of the output the count is not reported, and the half-close would make the sender's write fail.
            if (!_receiver.OutputError.IsError)
            {
                WaitForSenderCount();
            }

            if (_senderStatus is not null)
            {
                return;
            }

            ChildProcess.Send(_senderId, Signal.Kill);
        }

        RemoveEndingSender();
        if (_senderStatus is null)
        {
            ChildProcess.Send(_senderId, Signal.Kill);
        }
    }

    private void RemoveEndingSender()
    {
        _isEndingSender = true;
        long end = MonotonicClock.Milliseconds + EndMilliseconds;
        for (RemoveSender(); _senderStatus is null && MonotonicClock.Milliseconds < end; RemoveSender())
        {
            if (Poll.WaitForSignal(EndStepMilliseconds, _mask) == PollOutcome.Failed)
            {
                _senderStatus = ChildProcess.Wait(_senderId);
            }
        }
    }

    /// <summary>
    /// Waits until the count of sent bytes is complete. The half-close ends a write that waits for room. The time limit is for
    /// a sender that is stopped.
    /// </summary>
    private void WaitForSenderCount()
    {
        _ = _server.ShutdownWrite();
        _halfClosedHere = true;
        for (int tries = 0; tries < CountMilliseconds && _sender.IsSending && _senderStatus is null; tries++)
        {
            _ = Poll.WaitForSignal(milliseconds: 1, _mask);
        }
    }

    /// <summary>Reports how the transfer has ended.</summary>
    /// <returns>The exit status.</returns>
    private int Report() => CreateReport().Write(_options.Quiet, WriteError) ? ExitStatus.Done : ExitStatus.Failed;

    private TransferReport CreateReport() => new()
    {
        Server = _address.ToString(),
        Sent = _sender.Sent,
        Received = _receiver.Received,
        SentChecksum = _options.Verify ? _sender.SentChecksum : null,
        ReceivedChecksum = _options.Verify ? _receiver.ReceivedChecksum : null,
        ReceiveError = Reason(_receiver.ReceiveError),
        WaitError = Reason(_receiver.WaitError),
        OutputError = Reason(_receiver.OutputError),
        InputError = Reason(_sender.InputError),

        // If this process has half-closed, the sender's own half-close fails, which is no problem.
        ShutdownError = _halfClosedHere ? null : Reason(_sender.ShutdownError),

        // If the server has closed the connection, the sender's write may be the first call that fails. If the client has given
        // up, its own half-close makes that call fail.
        ServerClosedFirst = _serverClosedFirst || (_sender.SendError.IsDisconnected && !_receiver.HasGivenUp),
        SendError = _receiver.HasGivenUp ? null : Reason(_sender.SendError),
        Unanswered = _receiver.IsUnanswered ? _options.Wait : null,
        SenderKilledBy = !_isEndingSender && _senderStatus is { IsKilled: true } status
            ? $"SIG{Encoding.ASCII.GetString(status.SignalName)}"
            : null,
        LeftSender = _senderStatus is null ? _senderId : null,
    };

    private static string? Reason(Errno error) => error.IsError ? error.ToString() : null;

    private static void WriteError(string text) => _ = StandardStream.Error.WriteAll(Encoding.UTF8.GetBytes(text));
}
