using System;
using System.Diagnostics.CodeAnalysis;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// The child: serves one client from its first byte to its end. Its data is on the stack and in a mapping, never in the
/// collector's heap: after fork(2) a child must not allocate, lock or throw.
/// </summary>
internal readonly ref struct EchoSession
{
    /// <summary>The child's copies of the listening descriptors.</summary>
    public required ReadOnlySpan<ListeningSocket> Listening { get; init; }

    /// <summary>The child's copies of the descriptors for the parent's reports that clients can connect.</summary>
    public required NotifierDescriptors Notifier { get; init; }

    /// <summary>The child's copy of the connected descriptor.</summary>
    public required ConnectedSocket Client { get; init; }

    /// <summary>The client's address as text.</summary>
    public required ReadOnlySpan<byte> Peer { get; init; }

    /// <summary>The number of children, this one included.</summary>
    public required int Active { get; init; }

    /// <summary>The signal mask for a process that has no handlers.</summary>
    public required SignalSet Mask { get; init; }

    /// <summary>Holds the bytes between read and write.</summary>
    public required Span<byte> Buffer { get; init; }

    /// <summary>What the options ask of the session.</summary>
    public required SessionRules Rules { get; init; }

    /// <summary>The name of the machine for the banner; empty for no banner.</summary>
    public required ReadOnlySpan<byte> BannerHost { get; init; }

    /// <summary>The session's bytes are added to it at the end.</summary>
    public required SharedCounter Total { get; init; }

    /// <summary>The log.</summary>
    public required EventLog<ChildLogSink> Log { get; init; }

    /// <summary>Serves the client and ends the process.</summary>
    /// <param name="processId">This process.</param>
    [DoesNotReturn]
    public void Run(int processId)
    {
        // fork copied the descriptors, not the sockets: with these copies open, the port would stay in use until this
        // session ends, even after the parent has ended.
        foreach (ListeningSocket socket in Listening)
        {
            socket.Close();
        }

        Notifier.Close();

        TakeOwnSignals();

        ServedSession session = new()
        {
            Peer = Peer,
            PeerRoom = stackalloc byte[SocketAddress.MaxTextLength],
            ProcessId = processId,
            Active = Active,
            Buffer = Buffer,
            Rules = Rules,
            BannerHost = BannerHost,
            Log = Log,
        };
        long bytes = session.Serve(Client.Descriptor);

        // The parent has closed its copy, so this one is the last: the client now sees the end.
        Client.Close();
        Total.Add(bytes);
        CurrentProcess.Exit(session.Finish(bytes).Value);
    }

    /// <summary>
    /// Replaces the parent's handlers, which would run in the child, and then the parent's signal mask. SIGTERM ends this
    /// child alone. SIGINT and SIGHUP come from the terminal to the whole process group: the parent decides how long
    /// sessions may continue. SIGUSR1 to the group asks the parent for its summary.
    /// </summary>
    private void TakeOwnSignals()
    {
        SignalHandler.Default(Signal.Child);
        SignalHandler.Default(Signal.Terminate);
        SignalHandler.Ignore(Signal.Interrupt);
        SignalHandler.Ignore(Signal.Hangup);
        SignalHandler.Ignore(Signal.User1);
        SignalMask.Set(Mask);
    }
}

/// <summary>
/// What a child reports to its parent by its exit status: how the session ended, and how many lines of its log were dropped.
/// Shared memory for this would be one more mapping that each fork has to copy.
/// </summary>
/// <param name="Value">The exit status, 0 where all is well.</param>
internal readonly record struct SessionStatus(int Value)
{
    private const int DroppedUnit = 2;
    private const int MostDropped = 2; // a session has two lines
    private const int ProbeUnit = 8; // above two dropped lines

    /// <summary>The status of a session.</summary>
    /// <param name="hasFailed">Whether it ended otherwise than by the client's end of file.</param>
    /// <param name="dropped">The number of lines that were dropped.</param>
    public SessionStatus(bool hasFailed, int dropped)
        : this((hasFailed ? ExitStatus.Failed : ExitStatus.Done) + (dropped * DroppedUnit))
    {
    }

    /// <summary>The status of a session that ended without a byte, and that the log does not show.</summary>
    public static SessionStatus Probe => new(ProbeUnit);

    /// <summary>Whether the session was a probe.</summary>
    public bool IsProbe => Value == ProbeUnit;

    /// <summary>The exit status that the log shows: 0, or 1 where the session failed.</summary>
    public int Outcome => Value % DroppedUnit;

    /// <summary>The number of lines that were dropped. A child that was taken over may claim any number.</summary>
    public int Dropped => Math.Min(Value / DroppedUnit, MostDropped);
}
