using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using EchoNative.Log;
using EchoNative.Options;

namespace EchoNative.Managed;

/// <summary>
/// The server without processes: a task accepts on each listening socket, and each client has a task of its own
/// (<see cref="Session"/>).
/// </summary>
internal sealed class EchoServer
{
    private const int AcceptPauseMilliseconds = 100;
    private const int TurnMilliseconds = 1;
    private const int MostTurns = 100;

    private readonly ServerOptions _options;
    private readonly EventLog<QueuedLogSink> _log;
    private readonly Clients _clients;
    private readonly Announcement _announcement;
    private readonly Headroom _headroom = new();
    private volatile Socket? _lastServed;
    private int _acceptFails;

    private EchoServer(ServerOptions options)
    {
        _options = options;
        _announcement = new Announcement(options);
        _log = ServerLog.Open(options);
        _clients = new Clients(options, _log);
    }

    /// <summary>Serves until a signal or Ctrl-C asks it to stop.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="FailedCallException">The server could not start.</exception>
    /// <exception cref="UsageException">An option has no meaning here, or an address is none.</exception>
    public static int Run(ServerOptions options)
    {
        CheckOptions(options);
        IPAddress[] addresses = ListeningSockets.ParseAddresses(options);
        IgnoredSignals.Ignore();
        EchoServer server = new(options);
        server.RunAsync(addresses).GetAwaiter().GetResult();
        server._clients.TellSummary();
        server._log.Sink.Finish();
        return ExitStatus.Done;
    }

    // What has no meaning is told, so that nobody believes that it has one.
    private static void CheckOptions(ServerOptions options)
    {
        string? option = options.Inetd ? "--inetd"
            : options.User is not null ? "--user"
            : !options.Sandbox ? "--no-sandbox"
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
        using StopRequests requests = new(_clients.TellSummary);

        // The class library's timers have a thread, which the first of them starts. A thread needs descriptors to
        // start, and the pause when there are none needs a timer: so it is there before the first client is.
        await Task.Delay(millisecondsDelay: 1);
        Socket[] sockets = ListeningSockets.Open(addresses, _options);
        using CancellationTokenSource stop = new();
        IPEndPoint[] local = [.. sockets.Select(socket => (IPEndPoint)socket.LocalEndPoint!)];
        try
        {
            _announcement.Tell(local);
        }
        catch (FailedCallException)
        {
            _announcement.Withdraw();
            throw;
        }

        Array.ForEach(local, address => _log.WriteEvent(new Listening(Encoding.ASCII.GetBytes(PeerText.Of(address)))));
        Task[] loops = [.. sockets.Select(socket => AcceptAllAsync(socket, sockets, stop.Token))];

        // A loop that ends before it is asked to has met what it does not know: that is told, in place of a silence.
        await await Task.WhenAny([requests.First, .. loops]);
        await stop.CancelAsync();
        await Task.WhenAll(loops);
        Array.ForEach(sockets, socket => socket.Dispose());
        await StopAsync(requests);
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
            // It is to stop.
        }
    }

    /// <summary>With room again, whose client had the last place lets those at the other addresses go first.</summary>
    /// <returns>Whether there were any, who may have taken it.</returns>
    private async Task<bool> LetOthersGoFirstAsync(Socket listening, Socket[] all, CancellationToken stop)
    {
        // They are accepted at once, but for want of descriptors, say.
        int turns = 0;
        while (turns < MostTurns && _lastServed == listening
            && all.Any(socket => socket != listening && socket.Poll(0, SelectMode.SelectRead)))
        {
            await Task.Delay(TurnMilliseconds, stop);
            turns++;
        }

        return turns > 0;
    }

    private async Task AcceptAsync(Socket listening, CancellationToken stop)
    {
        Task change = _clients.NextChange;
        if (!_headroom.TryTakeOne())
        {
            await PauseAsync(new SocketException((int)SocketError.TooManyOpenSockets), change, stop);
            return;
        }

        try
        {
            Socket client = await listening.AcceptAsync(stop);
            Volatile.Write(ref _acceptFails, _headroom.IsShort ? 1 : 0);
            _lastServed = listening;
            Serve(client);
        }
        catch (SocketException exception) when (!IsOfOneClient(exception.SocketErrorCode))
        {
            await PauseAsync(exception, change, stop);
        }
        catch (SocketException)
        {
            // A client was waiting and is gone; the next may be fine.
        }
    }

    // The clients stay in the queue: without the pause, the loop would spin. A session that ends makes room, and ends
    // the pause.
    private async Task PauseAsync(SocketException cause, Task change, CancellationToken stop)
    {
        if (Interlocked.Exchange(ref _acceptFails, 1) == 0)
        {
            _log.WriteError(new AcceptFailed(Encoding.UTF8.GetBytes(Reason.Of(cause))));
        }

        _ = await Task.WhenAny(change, Task.Delay(AcceptPauseMilliseconds, stop));
    }

    private void Serve(Socket client)
    {
        IPEndPoint address = (IPEndPoint)client.RemoteEndPoint!;
        try
        {
            // An answer leaves at once, instead of waiting until the client has acknowledged the one before.
            client.NoDelay = true;

            // A peer that has vanished without a word is found out.
            client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        }
        catch (SocketException)
        {
            // It has gone already, which its session will tell.
        }

        _clients.Take(client, address);
    }

    // The errors that accept(2) lists under "Error handling" belong to the connection.
    private static bool IsOfOneClient(SocketError error) => error is
        SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.TimedOut or SocketError.NetworkDown
        or SocketError.ProtocolOption or SocketError.HostDown or SocketError.HostUnreachable
        or SocketError.OperationNotSupported or SocketError.NetworkUnreachable;

    /// <summary>Takes no more clients, and ends when the sessions have, or after the grace, or at a second request.</summary>
    private async Task StopAsync(StopRequests requests)
    {
        _clients.Close();
        _announcement.Withdraw();
        int active = _clients.Count;
        if (active > 0)
        {
            _log.WriteEvent(new Stopping(active, _options.GraceSeconds));
        }

        Task nobody = _clients.WaitForNobodyAsync();
        _ = await Task.WhenAny(nobody, requests.Second, Task.Delay(TimeSpan.FromSeconds(_options.GraceSeconds)));
        _clients.EndAll();
        await nobody;
    }
}
