using System;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Server;

/// <summary>
/// Serves one client that a super-server such as inetd has passed: a connection, or a pair of pipes. It does not fork.
/// </summary>
internal static class InetdSession
{
    /// <summary>Serves the client until its end.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="PosixException">There is no client that can be served.</exception>
    public static int Run(ServerOptions options)
    {
        (FileDescriptor? passed, string subject) = FindSocket();
        GivenClient client = GivenClient.Adopt(passed, subject, options.IdleTimeoutSeconds);

        // Another descriptor of the connection would keep it open after the session.
        InheritedDescriptors.Close();
        if (client.IsGone)
        {
            return ExitStatus.Done;
        }

        // write(2) reports a closed connection by EPIPE, and a log file at its size limit by EFBIG.
        SignalHandler.Ignore(Signal.Pipe);
        SignalHandler.Ignore(Signal.FileSizeExceeded);
        EventLog<ChildLogSink> log = OpenLog(client, options);
        byte[] machineName = options.Banner ? Banner.HostNameOf(MachineName.Read()) : [];
        EnterSandbox(log, options);
        return Serve(client, log, options, machineName);
    }

    /// <summary>The socket that systemd passes with Accept=yes; see sd_listen_fds(3).</summary>
    private static (FileDescriptor? Socket, string Subject) FindSocket()
    {
        int passed = Activation.CountSockets();
        if (passed > 1)
        {
            throw new PosixException($"--inetd: LISTEN_FDS passes {passed} sockets in place of one connection");
        }

        if (passed == 1)
        {
            (FileDescriptor descriptor, string name) = Activation.Get(0);
            return (descriptor.IsOpen ? descriptor : null, descriptor.IsOpen ? "--inetd: " + name : "--inetd: standard input");
        }

        return (null, "--inetd: standard input");
    }

    // The client must not get messages between its own bytes.
    private static EventLog<ChildLogSink> OpenLog(GivenClient client, ServerOptions options)
    {
        FileDescriptor error = StandardStream.Error;
        if (!error.IsSameFileAs(StandardStream.Input) && !error.IsSameFileAs(client.Output))
        {
            return ServerLog.OpenBesideClient(options);
        }

        StandardStream.DiscardError();
        return ServerLog.OpenBesideClient(options with { Quiet = true });
    }

    private static void EnterSandbox(in EventLog<ChildLogSink> log, ServerOptions options)
    {
        ServerSandbox sandbox = new(options);
        sandbox.Prepare();
        if (options.Sandbox != SandboxMode.None)
        {
            FinalizerThread.Run(() => sandbox.PrepareOtherThread(account: null));
        }

        sandbox.Enter(account: null, log);
    }

    private static int Serve(
        GivenClient client, in EventLog<ChildLogSink> log, ServerOptions options, byte[] machineName)
    {
        Span<byte> text = stackalloc byte[SocketAddress.MaxTextLength];
        ServedSession session = new()
        {
            Peer = text[..client.FormatPeer(text)],
            PeerRoom = stackalloc byte[SocketAddress.MaxTextLength],
            ProcessId = CurrentProcess.Id,
            Active = 1,
            Buffer = ProcessBuffer.Bytes,
            Rules = new SessionRules(options),
            BannerHost = machineName,
            Log = log,
        };
        long bytes = session.Serve(StandardStream.Input, client.IsSocket ? null : client.Output);

        // Standard output may be the connection too: the client sees the end of file when this process ends.
        StandardStream.Input.Close();
        return session.Finish(bytes).Outcome;
    }
}
