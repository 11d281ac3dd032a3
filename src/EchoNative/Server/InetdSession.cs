using System;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;

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
        EnterSandbox(log, options);
        return Serve(client, log, options);
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

    private static int Serve(GivenClient client, in EventLog<ChildLogSink> log, ServerOptions options)
    {
        Span<byte> text = stackalloc byte[SocketAddress.MaxTextLength];
        ReadOnlySpan<byte> peer = text[..client.FormatPeer(text)];
        int processId = CurrentProcess.Id;
        long start = MonotonicClock.Milliseconds;
        log.WriteEvent(new Connected(peer, processId, active: 1));
        Errno failure = Echo(client, options.IdleTimeoutSeconds, out long bytes);

        // Standard output may be the connection too: the client sees the end of file when this process ends.
        StandardStream.Input.Close();
        long milliseconds = MonotonicClock.Milliseconds - start;
        log.WriteEvent(
            ServerLog.EndOfSession(peer, processId, bytes, milliseconds, failure, options.IdleTimeoutSeconds));
        return failure.IsError ? ExitStatus.Failed : ExitStatus.Done;
    }

    private static Errno Echo(GivenClient client, int idleSeconds, out long bytes)
    {
        Errno failure;
        if (client.IsSocket)
        {
            EchoLoop echo = new(StandardStream.Input, ProcessBuffer.Bytes, idleSeconds);
            failure = echo.Run();
            bytes = echo.Bytes;
        }
        else
        {
            PipeEcho echo = new(StandardStream.Input, client.Output, ProcessBuffer.Bytes, idleSeconds);
            failure = echo.Run();
            bytes = echo.Bytes;
        }

        return failure;
    }
}
