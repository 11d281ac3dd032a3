using System;
using System.Net;
using System.Text;
using EchoNative.Log;
using EchoNative.Options;

namespace EchoNative.Managed;

/// <summary>
/// What the server says: events on standard output, errors on standard error. How it is said is up to
/// <see cref="EventFormat"/>, and it is the same as with the native engine but for the process ids.
/// </summary>
internal sealed class ServerLog
{
    private const int NoProcess = 0;

    private readonly EventFormat _format;
    private readonly LogWriter _output;
    private readonly LogWriter _error;
    private readonly bool _quiet;

    public ServerLog(ServerOptions options)
    {
        _format = new EventFormat(options.Log == LogFormat.Json, options.Timestamps);
        _quiet = options.Quiet;
        _output = new LogWriter(ByteStream.Output, _format);
        _error = new LogWriter(ByteStream.Error, _format);
    }

    private long Now => _format.TellsTime ? DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() : 0;

    /// <inheritdoc cref="EventText.Listening"/>
    public void Listening(IPEndPoint address)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.Listening(ref line, Now, Encoding.ASCII.GetBytes(PeerText.Of(address)));
        Say(line);
    }

    /// <summary>A session begins.</summary>
    /// <param name="peer">The client.</param>
    /// <param name="active">How many sessions there are with this one.</param>
    public void Connected(ReadOnlySpan<byte> peer, int active)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.Connected(ref line, Now, peer, NoProcess, active);
        Say(line);
    }

    /// <summary>A session has ended.</summary>
    /// <param name="peer">The client.</param>
    /// <param name="bytes">How many bytes were written back.</param>
    /// <param name="milliseconds">How long the session was.</param>
    /// <param name="idleSeconds">For how long it was idle, if it ended by that; 0 if not.</param>
    /// <param name="error">Why it ended otherwise, empty for the client's end of file.</param>
    public void Disconnected(ReadOnlySpan<byte> peer, long bytes, long milliseconds, int idleSeconds, ReadOnlySpan<byte> error)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.Disconnected(ref line, Now, peer, NoProcess, bytes, milliseconds, idleSeconds, error);
        Say(line);
    }

    /// <inheritdoc cref="EventText.RemovedClient"/>
    public void Removed(ReadOnlySpan<byte> peer, int exitStatus, bool wasEnded)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.RemovedClient(ref line, Now, peer, exitStatus, wasEnded);
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
    public void AcceptFailed(Exception cause)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.AcceptFailed(ref line, Now, Encoding.UTF8.GetBytes(Reason.Of(cause)));
        _error.Add(line.End());
    }

    /// <inheritdoc cref="EventText.Summary"/>
    public void Summary(in Totals totals)
    {
        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.Summary(ref line, Now, totals);
        Say(line);
    }

    /// <inheritdoc cref="LogWriter.Finish"/>
    public void Finish()
    {
        _output.Finish();
        _error.Finish();
    }

    private void Say(in LogLine line)
    {
        if (!_quiet)
        {
            _output.Add(line.End());
        }
    }
}
