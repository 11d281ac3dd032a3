using System;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>
/// The server without processes: one task for each listening socket accepts, and one task for each client serves it
/// (<see cref="Session"/>).
/// </summary>
internal sealed class EchoServer
{
    private const int AcceptPauseMilliseconds = 100;
    private const int YieldMilliseconds = 1;

    // When stopping: clients are accepted until none has come for the first time. After the second the queue is made short. It
    // all takes no longer than the third, and where the grace is shorter, no longer than the second.
    private const int QuietMilliseconds = 10;
    private const int ShortQueueMilliseconds = 1000;
    private const int LastAcceptMilliseconds = 5000;
    private const int MostYields = 100;

    private readonly ServerOptions _options;
    private readonly EventLog<QueuedLogSink> _log;
    private readonly Clients _clients;
    private readonly ReadyNotifier _readyNotifier;
    private readonly DescriptorReserve _descriptors = new();
    private volatile Socket? _lastServed;
    private readonly Lock _failuresLock = new();
    private OnceASecond _failures;
    private bool _acceptFails;
    private volatile bool _dropsNewcomers;

    private EchoServer(ServerOptions options)
    {
        _options = options;
        _readyNotifier = new ReadyNotifier(options);
        _log = ServerLog.Open(options);
        _clients = new Clients(options, _log);
    }

    /// <summary>Serves until a signal or Ctrl-C asks it to stop.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="FailedCallException">The server could not start.</exception>
    /// <exception cref="UsageException">An option has no meaning here, or an address is invalid.</exception>
    public static int Run(ServerOptions options)
    {
        CheckOptions(options);
        IPAddress[] addresses = ListeningSockets.ParseAddresses(options);
        IgnoredSignals.Ignore();
        EchoServer server = new(options);
        server.RunAsync(addresses).GetAwaiter().GetResult();
        server._clients.LogSummary();
        server._log.Sink.Finish();
        return ExitStatus.Done;
    }

    // An option without a meaning is an error, so that its user does not rely on it.
    private static void CheckOptions(ServerOptions options)
    {
        string? option = options.Inetd ? "--inetd"
            : options.User is not null ? "--user"
            : options.Sandbox == SandboxMode.None ? "--no-sandbox"
            : options.Sandbox == SandboxMode.Required ? "--sandbox"
            : null;
        if (option is not null)
        {
            throw new UsageException($"{option} has no meaning with the managed engine");
        }

        if (options.ReadyDescriptor is not null && OperatingSystem.IsWindows())
        {
            throw new UsageException("--ready-fd has no meaning on Windows, which has no descriptors");
        }
    }

    private async Task RunAsync(IPAddress[] addresses)
    {
        using StopRequests requests = new(_clients.LogSummary);

        // The first timer starts the class library's timer thread. A thread needs descriptors, and the pause when there are
        // none needs a timer. So the thread is started before the first client connects.
        await Task.Delay(millisecondsDelay: 1);
        Socket[] sockets = ListeningSockets.Open(addresses, _options);
        using CancellationTokenSource stop = new();
        IPEndPoint[] local = [.. sockets.Select(socket => (IPEndPoint)socket.LocalEndPoint!)];
        try
        {
            _readyNotifier.Notify(local);
        }
        catch (FailedCallException)
        {
            _readyNotifier.RemoveFile();
            throw;
        }

        Array.ForEach(local, address => _log.WriteEvent(new Listening(Encoding.ASCII.GetBytes(PeerText.Of(address)))));
        Task[] loops = [.. sockets.Select(socket => AcceptAllAsync(socket, sockets, stop.Token))];

        // A loop that ends before the first request has failed. The second await throws its exception.
        await await Task.WhenAny([requests.First, .. loops]);
        await stop.CancelAsync();
        await Task.WhenAll(loops);
        TimeSpan grace = TimeSpan.FromSeconds(_options.GraceSeconds);
        Task graceEnd = Task.Delay(grace);
        await AcceptLastAsync(sockets, requests, grace);
        Array.ForEach(sockets, socket => socket.Dispose());
        await StopAsync(requests, graceEnd);
    }

    /// <summary>
    /// Accepts the clients that the system has connected already: to close the listening socket resets them.
    /// </summary>
    private async Task AcceptLastAsync(Socket[] sockets, StopRequests requests, TimeSpan grace)
    {
        _dropsNewcomers = true;
        Array.ForEach(sockets, Newcomers.Drop);
        using CancellationTokenSource limit = new(
            (int)Math.Clamp(grace.TotalMilliseconds, ShortQueueMilliseconds, LastAcceptMilliseconds));
        try
        {
            long quietSince = Environment.TickCount64;
            long shortSince = quietSince + ShortQueueMilliseconds;
            while (!requests.Second.IsCompleted)
            {
                Socket? ready = sockets.FirstOrDefault(socket => socket.Poll(0, SelectMode.SelectRead));
                if (ready is not null)
                {
                    await AcceptAsync(ready, limit.Token);
                    quietSince = Environment.TickCount64;
                }
                else if (Environment.TickCount64 < quietSince + QuietMilliseconds)
                {
                    await Task.Delay(YieldMilliseconds, limit.Token);
                }
                else
                {
                    break;
                }

                if (Environment.TickCount64 >= shortSince)
                {
                    Array.ForEach(sockets, socket => socket.Listen(backlog: 0));
                    shortSince = long.MaxValue;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
    }

    private async Task AcceptAllAsync(Socket listening, Socket[] all, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                bool hasWaited = await _clients.WaitForRoomAsync(stop);
                if (!hasWaited || !await LetOthersGoFirstAsync(listening, all, stop))
                {
                    await AcceptAsync(listening, stop);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    /// <summary>
    /// When there is room again, the loop that accepted the last client lets the loops of the other addresses accept first.
    /// </summary>
    /// <returns>Whether clients were waiting there, so that one may have taken the place.</returns>
    private async Task<bool> LetOthersGoFirstAsync(Socket listening, Socket[] all, CancellationToken stop)
    {
        // The other loops accept at once, unless descriptors are short. So the number of waits is limited.
        int yields = 0;
        while (yields < MostYields && _lastServed == listening
            && all.Any(socket => socket != listening && socket.Poll(0, SelectMode.SelectRead)))
        {
            await Task.Delay(YieldMilliseconds, stop);
            yields++;
        }

        return yields > 0;
    }

    private async Task AcceptAsync(Socket listening, CancellationToken stop)
    {
        Task change = _clients.NextChange;
        if (!_descriptors.TryTake())
        {
            await PauseAsync(new SocketException((int)SocketError.TooManyOpenSockets), change, stop);
            return;
        }

        try
        {
            Socket client = await listening.AcceptAsync(stop);
            Volatile.Write(ref _acceptFails, _descriptors.IsShort);
            _lastServed = listening;
            Serve(client);
        }
        catch (SocketException exception) when (!IsOfOneClient(exception.SocketErrorCode))
        {
            await PauseAsync(exception, change, stop);
        }
        catch (SocketException)
        {
            // The client has disconnected before it was accepted. The next accept may succeed.
        }
    }

    // The clients stay in the queue, so that the loop would spin without the pause. A session that ends frees a descriptor and
    // ends the pause.
    private async Task PauseAsync(SocketException cause, Task change, CancellationToken stop)
    {
        if (MustReportFailure(out long times))
        {
            _log.WriteError(new AcceptFailed("accept"u8, Encoding.UTF8.GetBytes(Reason.Of(cause)), times));
        }

        _ = await Task.WhenAny(change, Task.Delay(AcceptPauseMilliseconds, stop));
    }

    // Once in a row of failures, and at most once a second.
    private bool MustReportFailure(out long times)
    {
        lock (_failuresLock)
        {
            _failures.Add();
            times = 0;
            bool reports = !_acceptFails && _failures.TryTake(Environment.TickCount64, out times);
            _acceptFails |= reports;
            return reports;
        }
    }

    private void Serve(Socket client)
    {
        if (!TryGetPeer(client, out IPEndPoint? address))
        {
            client.Dispose();
            return;
        }

        if (_dropsNewcomers)
        {
            Newcomers.TakeAnyPackets(client);
        }

        try
        {
            // An answer is sent at once, even if the client has not yet acknowledged the previous one.
            client.NoDelay = true;

            // Finds a peer that has disappeared without closing the connection.
            client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        }
        catch (SocketException)
        {
            // The client has disconnected already. Its session reports that.
        }

        _clients.Add(client, address);
    }

    // A client that has reset the connection already has no address any more.
    private static bool TryGetPeer(Socket client, [NotNullWhen(true)] out IPEndPoint? address)
    {
        try
        {
            address = (IPEndPoint?)client.RemoteEndPoint;
        }
        catch (SocketException)
        {
            address = null;
        }

        return address is not null;
    }

    // The errors that accept(2) lists under "Error handling" belong to the connection.
    private static bool IsOfOneClient(SocketError error) => error is
        SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.TimedOut or SocketError.NetworkDown
        or SocketError.ProtocolOption or SocketError.HostDown or SocketError.HostUnreachable
        or SocketError.OperationNotSupported or SocketError.NetworkUnreachable;

    /// <summary>
    /// Accepts no more clients, and waits for the sessions to end. After the grace time, or at a second request, it ends them.
    /// </summary>
    private async Task StopAsync(StopRequests requests, Task graceEnd)
    {
        _clients.Close();
        _readyNotifier.RemoveFile();
        int active = _clients.Count;
        if (active > 0)
        {
            _log.WriteEvent(new Stopping(active, _options.GraceSeconds));
        }

        Task allEnded = _clients.WaitForEndAsync();
        _ = await Task.WhenAny(allEnded, requests.Second, graceEnd);
        _clients.EndAll();
        await allEnded;
    }
}
