using System;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// What the server says, one write(2) a line: events on standard output, errors on standard error.
/// It lies in no heap, so parent and child use it alike. How it is said is up to <see cref="EventFormat"/>.
/// </summary>
/// <remarks>
/// A line that can not be written now is dropped: a log that nobody reads never stops the service. A child tells its
/// parent how many it has dropped by its exit status; the parent counts them and its own, and tells the number before
/// the first line that goes through again.
/// </remarks>
internal readonly struct ServerLog
{
    private readonly LogStream _output;
    private readonly LogStream _error;
    private readonly EventFormat _format;
    private readonly bool _quiet;
    private readonly DroppedLines _dropped = new();

    public ServerLog(ServerOptions options)
        : this(options, LogStream.Open(StandardStream.Output), LogStream.Open(StandardStream.Error), options.Quiet)
    {
    }

    private ServerLog(ServerOptions options, LogStream output, LogStream error, bool quiet)
    {
        _output = output;
        _error = error;
        _format = new EventFormat(options.Log == LogFormat.Json, options.Timestamps);
        _quiet = quiet;
    }

    private long Now => _format.TellsTime ? WallClock.UnixMilliseconds : 0;

    /// <summary>
    /// The log of a process whose standard input and output are a client: events go to standard error, and nowhere
    /// where that is the client too.
    /// </summary>
    public static ServerLog BesideClient(ServerOptions options)
    {
        bool isClient = StandardStream.Error.IsSameFileAs(StandardStream.Input);
        LogStream error = LogStream.Open(StandardStream.Error);
        return new ServerLog(options, error, error, options.Quiet || isClient);
    }

    /// <inheritdoc cref="EventText.Listening"/>
    public void Listening(ReadOnlySpan<byte> address)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.Listening(ref line, Now, address);
        Say(line);
    }

    /// <inheritdoc cref="EventText.NotConfined"/>
    public void NotConfined(Errno error)
    {
        LogLine line = new(stackalloc byte[LogLine.MaxLength]);
        EventText.NotConfined(ref line, error.Description);
        Complain(line);
    }

    /// <summary>A session begins, in the process that serves it.</summary>
    /// <param name="peer">The client.</param>
    /// <param name="processId">The child.</param>
    /// <param name="active">How many children there are with this one.</param>
    /// <returns>How many lines had to be dropped.</returns>
    public int Connected(ReadOnlySpan<byte> peer, int processId, int active)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.Connected(ref line, Now, peer, processId, active);
        return SayInChild(line);
    }

    /// <summary>A session has ended.</summary>
    /// <param name="peer">The client.</param>
    /// <param name="processId">The child.</param>
    /// <param name="bytes">How many bytes were written back.</param>
    /// <param name="milliseconds">How long the session was.</param>
    /// <param name="failure">Why it ended, if not by the client's end of file.</param>
    /// <param name="idleSeconds">After how many idle seconds it ends; 0 for never.</param>
    /// <returns>How many lines had to be dropped.</returns>
    public int Disconnected(
        ReadOnlySpan<byte> peer, int processId, long bytes, long milliseconds, Errno failure, int idleSeconds)
    {
        int idle = failure.IsWouldBlock ? idleSeconds : 0;
        ReadOnlySpan<byte> error = failure.IsError ? failure.Description : default;
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.Disconnected(ref line, Now, peer, processId, bytes, milliseconds, idle, error);
        return SayInChild(line);
    }

    /// <summary>A child has ended and is gone from the process table.</summary>
    public void Removed(int processId, WaitStatus status)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        if (status.IsKilled)
        {
            _format.Removed(ref line, Now, processId, exitStatus: 0, status.SignalNumber, status.SignalName);
        }
        else
        {
            SessionStatus session = new(status.ExitStatus);
            _dropped.Output += session.Dropped;
            _format.Removed(ref line, Now, processId, session.Outcome, signalNumber: 0, signalName: default);
        }

        Say(line);
    }

    /// <inheritdoc cref="EventText.Stopping"/>
    public void Stopping(int active, int graceSeconds)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.Stopping(ref line, Now, active, graceSeconds);
        Say(line);
    }

    /// <inheritdoc cref="EventText.LimitReached"/>
    public void LimitReached(int active, bool refuses)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.LimitReached(ref line, Now, active, refuses);
        Say(line);
    }

    /// <inheritdoc cref="EventText.LimitLeft"/>
    public void LimitLeft(int active, long refused)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.LimitLeft(ref line, Now, active, refused);
        Say(line);
    }

    /// <inheritdoc cref="EventText.PeerRefused"/>
    public void PeerRefused(ReadOnlySpan<byte> peer, int active)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.PeerRefused(ref line, Now, peer, active);
        Say(line);
    }

    /// <inheritdoc cref="EventText.AcceptFailed"/>
    public void AcceptFailed(Errno error)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.AcceptFailed(ref line, Now, error.Description);
        Complain(line);
    }

    /// <inheritdoc cref="EventText.ForkFailed"/>
    public void ForkFailed(ReadOnlySpan<byte> peer, Errno error)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.ForkFailed(ref line, Now, peer, error.Description);
        Complain(line);
    }

    /// <inheritdoc cref="EventText.Summary"/>
    public void Summary(in Totals totals)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.Summary(ref line, Now, totals);
        Say(line);
    }

    private void Write(LogStream stream, in LogLine line, ref long dropped)
    {
        TellDropped(stream, ref dropped);
        if (!stream.TryWriteLine(line.End()))
        {
            dropped++;
        }
    }

    private void TellDropped(LogStream stream, ref long dropped)
    {
        if (dropped == 0)
        {
            return;
        }

        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.FlowsAgain(ref line, Now, dropped);
        if (stream.TryWriteLine(line.End()))
        {
            dropped = 0;
        }
    }

    // In a child the count of what was dropped is out of reach: it is handed on.
    private int SayInChild(in LogLine line) => _quiet || _output.TryWriteLine(line.End()) ? 0 : 1;

    private void Say(in LogLine line)
    {
        if (!_quiet)
        {
            Write(_output, line, ref _dropped.Output);
        }
    }

    private void Complain(in LogLine line) => Write(_error, line, ref _dropped.Errors);
}
