using System;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>Serves one client whose connection a super-server such as inetd has accepted. It does not fork.</summary>
internal static class InetdSession
{
    /// <summary>Serves the client on descriptor 0 until its end.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="PosixException">Standard input is not a TCP connection.</exception>
    public static int Run(ServerOptions options)
    {
        // Another descriptor of the connection would keep it open after the session.
        InheritedDescriptors.Close();
        ConnectedSocket client = ConnectedSocket.Adopt(
            StandardStream.Input, "--inetd: standard input", options.IdleTimeoutSeconds, out SocketAddress address);

        // write(2) reports a closed connection by EPIPE, and a log file at its size limit by EFBIG.
        SignalHandler.Ignore(Signal.Pipe);
        SignalHandler.Ignore(Signal.FileSizeExceeded);

        Span<byte> text = stackalloc byte[SocketAddress.MaxTextLength];
        ReadOnlySpan<byte> peer = text[..address.Format(text)];
        EventLog<ChildLogSink> log = ServerLog.OpenBesideClient(options);
        int processId = CurrentProcess.Id;
        long start = MonotonicClock.Milliseconds;
        log.WriteEvent(new Connected(peer, processId, active: 1));

        EchoLoop echo = new(client.Descriptor, ProcessBuffer.Bytes, options.IdleTimeoutSeconds);
        Errno failure = echo.Run();

        // Standard output is the connection too: the client sees the end of file when this process ends.
        client.Close();
        long milliseconds = MonotonicClock.Milliseconds - start;
        log.WriteEvent(
            ServerLog.EndOfSession(peer, processId, echo.Bytes, milliseconds, failure, options.IdleTimeoutSeconds));
        return failure.IsError ? ExitStatus.Failed : ExitStatus.Done;
    }
}
