using System;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Server;

/// <summary>
/// The parent: accepts clients, forks a child for each, removes the children that have ended.
/// <see cref="EchoSession"/> is the child.
/// </summary>
internal sealed class EchoServer
{
    // After so many clients in a row, pending signals are handled.
    private const int AcceptsInARow = 64;

    // After so many lost connections in a row, accept(2) is taken to fail for another reason.
    private const int MostLostInARow = 64;

    private const int AcceptPauseMilliseconds = 100;
    private const int MostFailedPauses = 16;

    // When stopping: clients are accepted until none has come for the first time. After the second the queue is made short. It
    // all takes no longer than the third, and where the grace is shorter, no longer than the second.
    private const int QuietMilliseconds = 10;
    private const int ShortQueueMilliseconds = 1000;
    private const int LastAcceptMilliseconds = 5000;

    private const int TerminateMilliseconds = 1000;
    private const int KillMilliseconds = 1000;
    private const long MillisecondsPerSecond = 1000;

    private readonly ServerOptions _options;
    private readonly EventLog<ParentLogSink> _log;
    private readonly SignalSet _mask;
    private readonly SessionRules _rules;
    private readonly byte[] _bannerHost;
    private readonly ServerSandbox _sandbox;
    private readonly ChildTable _children;
    private readonly Reaper _reaper;
    private readonly Admission _admission;
    private readonly Summary _summary;
    private readonly ReadyNotifier _readyNotifier;

    private ListeningSockets _listening = ListeningSockets.Empty;
    private OnceASecond _acceptFailures;
    private OnceASecond _forkFailures;
    private int _stopRequests;
    private int _failedPauses;
    private int _lostInARow;
    private bool _acceptFails;
    private bool _hasFailed;

    private EchoServer(ServerOptions options, ReadyNotifier readyNotifier, ServerSandbox sandbox, SignalSet mask)
    {
        _options = options;
        _readyNotifier = readyNotifier;
        _sandbox = sandbox;
        _mask = mask;
        _children = new ChildTable(options.MaxClients);
        _log = ServerLog.Open(options);
        _rules = new SessionRules(options);
        _bannerHost = options.Banner ? Banner.HostNameOf(MachineName.Read()) : [];
        _summary = new Summary(_children, _log, options.IgnoreProbes);
        _reaper = new Reaper(_children, _log, _summary);
        _admission = new Admission(options, _children, _log, _summary);
    }

    /// <summary>Serves until a signal asks it to stop.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="PosixException">The server could not start.</exception>
    /// <exception cref="UsageException">An address is not an IP address, or the user is not known.</exception>
    public static int Run(ServerOptions options)
    {
        SocketAddress[] addresses = ListeningSockets.ParseAddresses(options);
        Account? account = FindAccount(options);
        ReadyNotifier readyNotifier = new(options);
        ListeningSockets.CheckLimits((long)addresses.Length + options.PassedSockets, readyNotifier.DescriptorCount);
        readyNotifier.CloseOtherDescriptors(options.PassedSockets);
        readyNotifier.OpenManager();
        SignalSet handled = SignalSet.Of(Signal.Child, Signal.Interrupt, Signal.Terminate, Signal.Hangup, Signal.User1);
        ServerSandbox sandbox = new(options);
        SignalSet mask = SignalMask.BlockInEveryThread(handled, () => sandbox.PrepareOtherThread(account)).Without(handled);
        if (!CurrentProcess.MayFork(out string? obstacle))
        {
            throw new PosixException("fork", "Operation not supported", obstacle);
        }

        EchoServer server = new(options, readyNotifier, sandbox, mask);
        server.InstallHandlers(handled);
        server.Open(addresses, account);
        server.Serve();
        server.Stop();
        server._summary.Write();
        return server._hasFailed ? ExitStatus.Failed : ExitStatus.Done;
    }

    /// <summary>How long the server may sleep, in milliseconds, until there is something to do without a client.</summary>
    private int Timeout => Poll.Earlier(Poll.Earlier(_reaper.Timeout, _readyNotifier.Timeout), _admission.Timeout);

    private void InstallHandlers(in SignalSet handled)
    {
        SignalHandler.Install(Signal.Child, handled, _ => _reaper.Remove());
        SignalHandler.Install(Signal.Interrupt, handled, _ => _stopRequests++);
        SignalHandler.Install(Signal.Terminate, handled, _ => _stopRequests++);
        SignalHandler.Install(Signal.User1, handled, _ => _summary.Write());

        // nohup(1) starts a program with SIGHUP ignored, so that it outlives the terminal.
        if (!SignalHandler.IsIgnored(Signal.Hangup))
        {
            SignalHandler.Install(Signal.Hangup, handled, _ => _stopRequests++);
        }

        // write(2) then reports a closed connection or log by EPIPE, and a log file at its size limit by EFBIG; the process
        // goes on.
        SignalHandler.Ignore(Signal.Pipe);
        SignalHandler.Ignore(Signal.FileSizeExceeded);
    }

    private static Account? FindAccount(ServerOptions options)
    {
        if (options.User is null)
        {
            return null;
        }

        return Account.TryFind(options.User, options.Group, out Account account, out string? obstacle)
            ? account
            : throw new UsageException(obstacle);
    }

    private void Open(SocketAddress[] addresses, Account? account)
    {
        _sandbox.Prepare();

        // A fork is faster when it has less memory to copy.
        ParentMemory.MarkDontFork();
        StandardStream.EmptyInput();
        _listening = ListeningSockets.Open(addresses, _options);

        // Ports below 1024 need root; nothing after this does.
        account?.DropPrivileges();
        Span<byte> text = stackalloc byte[SocketAddress.MaxTextLength];
        SocketAddress[] local = _listening.GetLocalAddresses();
        try
        {
            _readyNotifier.NotifyScripts(local);
            _sandbox.Enter(account, _log);
        }
        catch (PosixException)
        {
            _readyNotifier.RemoveFile(key: default);
            throw;
        }

        foreach (SocketAddress address in local)
        {
            _log.WriteEvent(new Listening(text[..address.Format(text)]));
        }

        _readyNotifier.NotifyManager();
    }

    /// <summary>Serves until a request to stop, or until no clients can come any more.</summary>
    private void Serve()
    {
        while (_stopRequests == 0 && !_hasFailed)
        {
            // It wakes for a client, an ended child, or a request to stop. Handlers run inside the wait.
            if (_admission.IsPaused)
            {
                WaitForSignal(int.MaxValue);
                continue;
            }

            PollOutcome outcome = _listening.Wait(Timeout, _mask);
            DoWhatIsDue();
            if (outcome == PollOutcome.Ready)
            {
                // While clients keep waiting, ppoll(2) returns at once and runs no handler, and ended children would stay in
                // the process table.
                _ = Poll.WaitForSignal(milliseconds: 0, _mask);
                _admission.LogLimitChange();
                AcceptWaitingClients(isStopping: false);
            }
            else if (outcome == PollOutcome.Failed)
            {
                PauseAccepting("ppoll"u8, Poll.Failure);
            }
        }
    }

    /// <summary>Accepts clients until none waits, or signals have to be handled.</summary>
    /// <param name="isStopping">Whether clients above the limit are accepted, too. They are disconnected.</param>
    private void AcceptWaitingClients(bool isStopping)
    {
        for (int taken = 0;
            taken < AcceptsInARow && (isStopping || !_admission.IsPaused) && _listening.TryGetReady(out ListeningSocket socket);
            taken++)
        {
            AcceptResult accepted = socket.Accept();
            switch (accepted.Outcome)
            {
                case AcceptOutcome.Accepted:
                    _acceptFails = false;
                    _lostInARow = 0;
                    _listening.Complete(accepted.Socket, accepted.Peer, _sandbox.Key);
                    Serve(accepted.Socket, accepted.Peer);
                    break;

                case AcceptOutcome.NoneWaiting:
                    _lostInARow = 0;
                    _listening.MarkEmpty();
                    break;

                case AcceptOutcome.ConnectionLost when ++_lostInARow < MostLostInARow:
                    break;

                case AcceptOutcome.Dead:
                    LeaveOut(accepted.Error);
                    break;

                // A call that is refused as such, by a container's profile for example, fails like one for a lost connection.
                case AcceptOutcome.ConnectionLost:
                case AcceptOutcome.Unavailable:
                default:
                    PauseAccepting("accept"u8, accepted.Error);
                    return;
            }
        }
    }

    private void Serve(ConnectedSocket client, SocketAddress address)
    {
        _summary.Accepted++;
        Span<byte> text = stackalloc byte[SocketAddress.MaxTextLength];
        ReadOnlySpan<byte> peer = text[..address.Format(text)];
        PeerKey key = Admission.KeyOf(address, _options.PeerPrefix);
        if (!_admission.Admits(key, peer))
        {
            client.Close();
            return;
        }

        // Copies on the stack: a child does not have the heap.
        Span<ListeningSocket> listening = stackalloc ListeningSocket[_listening.All.Length];
        _listening.All.CopyTo(listening);
        Span<byte> bannerHost = stackalloc byte[_bannerHost.Length];
        _bannerHost.CopyTo(bannerHost);
        EchoSession session = new()
        {
            Listening = listening,
            Notifier = _readyNotifier.Descriptors,
            Client = client,
            Peer = peer,
            Active = _children.Count + 1,
            Mask = _mask,
            Buffer = ProcessBuffer.Bytes,
            Rules = _rules,
            BannerHost = bannerHost,
            Total = _summary.Bytes,
            Log = ServerLog.ForChild(_log),
        };

        ForkResult fork = ChildProcess.Fork(_sandbox.Key);
        if (fork.IsChild)
        {
            session.Run(fork.OwnId);
        }

        // The child has its own copy of the descriptor. With this one open, the client would never see the end of the
        // connection, and the parent would run out of descriptors.
        client.Close();
        if (fork.Failed)
        {
            _summary.FailedForks++;
            LogFailedFork(peer, fork.Error);
            Pause();
        }
        else
        {
            _children.Add(fork.ProcessId, key);
            _summary.UpdatePeak();
            _admission.LogLimitChange();
        }
    }

    private void LogFailedFork(ReadOnlySpan<byte> peer, Errno error)
    {
        _forkFailures.Add();
        if (_forkFailures.TryTake(MonotonicClock.Milliseconds, out long times))
        {
            _log.WriteError(new ForkFailed(peer, error.Description, times));
        }
    }

    /// <summary>Goes on without the socket that was tried last. Without any, the server ends.</summary>
    private void LeaveOut(Errno error)
    {
        Span<byte> text = stackalloc byte[SocketAddress.MaxTextLength];
        SocketAddress address = _listening.Remove();
        _log.WriteError(new ListeningEnded(text[..address.Format(text)], error.Description));
        _hasFailed = _listening.All.IsEmpty;
    }

    /// <summary>
    /// The clients stay in the queue, so the listening socket stays ready: without a pause the loop would spin.
    /// </summary>
    private void PauseAccepting(ReadOnlySpan<byte> call, Errno error)
    {
        _acceptFailures.Add();
        if (!_acceptFails && _acceptFailures.TryTake(MonotonicClock.Milliseconds, out long times))
        {
            _acceptFails = true;
            _log.WriteError(new AcceptFailed(call, error.Description, times));
        }

        Pause();
    }

    /// <summary>
    /// Waits for free resources. A child that ends frees some, and its SIGCHLD ends the pause. A server that can't even wait
    /// ends.
    /// </summary>
    private void Pause()
    {
        bool hasFailed = Poll.WaitForSignal(AcceptPauseMilliseconds, _mask) == PollOutcome.Failed;
        _failedPauses = hasFailed ? _failedPauses + 1 : 0;
        _hasFailed |= _failedPauses == MostFailedPauses;
    }

    /// <summary>
    /// Stops accepting. Sessions may go on until the grace is over or a second request arrives; then it ends them.
    /// </summary>
    private void Stop()
    {
        long grace = _options.GraceSeconds * MillisecondsPerSecond;
        long start = MonotonicClock.Milliseconds;
        AcceptLastClients(start, start + Math.Clamp(grace, ShortQueueMilliseconds, LastAcceptMilliseconds));
        _listening.Close();
        _readyNotifier.NotifyStopping(_children.Count, _sandbox.Key);
        if (_children.Count > 0)
        {
            _log.WriteEvent(new Stopping(_children.Count, _options.GraceSeconds));
        }

        bool canWait = _failedPauses < MostFailedPauses;
        WaitForChildren(canWait ? start + grace - MonotonicClock.Milliseconds : 0, mostRequests: 1);
        if (_stopRequests <= 1)
        {
            _children.Send(Signal.Terminate, _sandbox.Key);
            WaitForChildren(TerminateMilliseconds, mostRequests: 1);
        }

        // A child that is stopped (SIGSTOP) does not get SIGTERM, but SIGKILL ends it, unless a debugger or a freezer holds it.
        _children.Send(Signal.Kill, _sandbox.Key);
        WaitForChildren(KillMilliseconds, mostRequests: int.MaxValue);
        if (_children.Count > 0)
        {
            _hasFailed = true;
            int place = 0;
            while (_children.TryGetNext(ref place, out int processId))
            {
                _log.WriteError(new ChildLeft(processId));
            }
        }
    }

    /// <summary>
    /// Accepts the clients that the kernel has connected already: to close the listening socket resets them.
    /// </summary>
    private void AcceptLastClients(long start, long end)
    {
        if (!_listening.TryDropNewcomers(_sandbox.Key))
        {
            return;
        }

        bool isShort = false;
        PollOutcome outcome = PollOutcome.Ready;
        while (outcome != PollOutcome.TimedOut && outcome != PollOutcome.Failed
            && _stopRequests <= 1 && !_listening.All.IsEmpty && MonotonicClock.Milliseconds < end)
        {
            outcome = _listening.Wait(QuietMilliseconds, _mask);
            if (outcome == PollOutcome.Ready)
            {
                AcceptWaitingClients(isStopping: true);
            }

            if (!isShort && MonotonicClock.Milliseconds >= start + ShortQueueMilliseconds)
            {
                _listening.Shorten(_sandbox.Key);
                isShort = true;
            }
        }
    }

    /// <summary>Waits until all children have ended, the time is over, or there are more requests to stop.</summary>
    private void WaitForChildren(long milliseconds, int mostRequests)
    {
        long end = MonotonicClock.Milliseconds + milliseconds;
        long left = milliseconds;
        while (_children.Count > 0 && _stopRequests <= mostRequests && left > 0)
        {
            WaitForSignal((int)left);
            left = end - MonotonicClock.Milliseconds;
        }
    }

    private void WaitForSignal(int milliseconds)
    {
        PollOutcome outcome = Poll.WaitForSignal(Poll.Earlier(milliseconds, Timeout), _mask);
        DoWhatIsDue();
        if (outcome == PollOutcome.Failed)
        {
            Pause();
        }
    }

    private void DoWhatIsDue()
    {
        _reaper.RemoveRemaining();
        _readyNotifier.Retry();
        _admission.LogLimitChange();
    }
}
