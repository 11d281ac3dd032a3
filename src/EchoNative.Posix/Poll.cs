using System;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>How a wait ended.</summary>
public enum PollOutcome
{
    /// <summary>The time was over.</summary>
    TimedOut,

    /// <summary>The descriptor can be used without waiting, or its other side has ended.</summary>
    Ready,

    /// <summary>A signal handler has run.</summary>
    Interrupted,

    /// <summary>ppoll(2) failed, for lack of memory for example. Handlers of pending signals have run all the same.</summary>
    Failed,
}

/// <summary>Waits by ppoll(2). Apart from reads and writes of an echo, the process sleeps nowhere else.</summary>
public static unsafe class Poll
{
    /// <summary>As a number of milliseconds: no time limit.</summary>
    public const int Forever = -1;

    private const int MillisecondsPerSecond = 1000;
    private const int NanosecondsPerMillisecond = 1_000_000;

    /// <summary>Why the last wait failed that returned <see cref="PollOutcome.Failed"/>.</summary>
    public static Errno Failure { get; private set; }

    /// <summary>The shorter of two times in milliseconds. Each may be <see cref="Forever"/>.</summary>
    public static int Earlier(int first, int second) =>
        first == Forever ? second : second == Forever ? first : Math.Min(first, second);

    /// <summary>
    /// Sleeps until <paramref name="descriptor"/> can be read or its other side has ended, a signal handler has run, or
    /// the time is over. <paramref name="mask"/> is in force during the call only. Signal handlers run in these waits and
    /// nowhere else in the program. See ppoll(2).
    /// </summary>
    /// <param name="descriptor">The descriptor to wait for.</param>
    /// <param name="milliseconds">The longest wait, or <see cref="Forever"/>.</param>
    /// <param name="mask">The signals that stay blocked during the wait.</param>
    public static PollOutcome WaitReadable(FileDescriptor descriptor, int milliseconds, in SignalSet mask)
    {
        pollfd entry = new() { fd = descriptor.Number, events = (short)LibC.POLLIN };
        return Wait(&entry, 1, milliseconds, mask);
    }

    /// <summary>
    /// The same with the signal mask as it is, for a process without handlers. <see cref="PollOutcome.Interrupted"/> with an
    /// error means that ppoll(2) can't wait.
    /// </summary>
    /// <param name="descriptor">The descriptor to wait for.</param>
    /// <param name="milliseconds">The longest wait.</param>
    /// <param name="failure">Why ppoll(2) failed. EINTR is no error.</param>
    public static PollOutcome WaitReadable(FileDescriptor descriptor, int milliseconds, out Errno failure) =>
        Wait(descriptor, LibC.POLLIN, milliseconds, out failure);

    /// <summary>The same for several sockets: sleeps until a client waits on one of them.</summary>
    /// <param name="sockets">The sockets to wait for.</param>
    /// <param name="ready">For each socket, whether a client waits on it. As long as <paramref name="sockets"/>.</param>
    /// <param name="milliseconds">The longest wait, or <see cref="Forever"/>.</param>
    /// <param name="mask">The signals that stay blocked during the wait.</param>
    public static PollOutcome WaitReadable(
        ReadOnlySpan<ListeningSocket> sockets, Span<bool> ready, int milliseconds, in SignalSet mask)
    {
        pollfd* entries = stackalloc pollfd[sockets.Length];
        for (int i = 0; i < sockets.Length; i++)
        {
            entries[i] = new pollfd { fd = sockets[i].Descriptor.Number, events = (short)LibC.POLLIN };
        }

        PollOutcome outcome = Wait(entries, (nuint)sockets.Length, milliseconds, mask);
        for (int i = 0; i < sockets.Length; i++)
        {
            ready[i] = outcome == PollOutcome.Ready && entries[i].revents != 0;
        }

        return outcome;
    }

    /// <summary>
    /// Sleeps until a signal handler has run or the time is over. With a time of 0 it runs the handlers of pending
    /// signals and returns. A wait with a descriptor that is ready at once does not run them.
    /// </summary>
    /// <param name="milliseconds">The longest wait, or <see cref="Forever"/>.</param>
    /// <param name="mask">The signals that stay blocked during the wait.</param>
    public static PollOutcome WaitForSignal(int milliseconds, in SignalSet mask) => Wait(null, 0, milliseconds, mask);

    /// <summary>
    /// Sleeps until the descriptor is ready for one of the events of poll(2), the time is over, or a signal handler has
    /// run. The signal mask stays as it is. The caller repeats its call and sees what has happened.
    /// </summary>
    /// <returns>Whether the descriptor is ready.</returns>
    internal static bool WaitUntilReady(FileDescriptor descriptor, int events, int milliseconds = Forever) =>
        Wait(descriptor, events, milliseconds, out _) == PollOutcome.Ready;

    /// <summary>
    /// The same. <see cref="PollOutcome.Interrupted"/> with an error means that ppoll(2) can't wait.
    /// </summary>
    /// <param name="descriptor">The descriptor to wait for.</param>
    /// <param name="events">The events of poll(2).</param>
    /// <param name="milliseconds">The longest wait, or <see cref="Forever"/>.</param>
    /// <param name="failure">Why ppoll(2) failed. EINTR is no error.</param>
    internal static PollOutcome Wait(FileDescriptor descriptor, int events, int milliseconds, out Errno failure)
    {
        pollfd entry = new() { fd = descriptor.Number, events = (short)events };
        timespec timeout = Time(milliseconds);
        int ready = Libc.ppoll(&entry, 1, milliseconds < 0 ? null : &timeout, null);
        Errno error = ready < 0 ? Errno.Last : Errno.None;
        failure = error.IsInterrupted ? Errno.None : error;
        return ready > 0 ? PollOutcome.Ready : ready == 0 ? PollOutcome.TimedOut : PollOutcome.Interrupted;
    }

    /// <summary>Whether a write(2) to the descriptor would take at least one byte now.</summary>
    internal static bool IsWritable(FileDescriptor descriptor) =>
        WaitUntilReady(descriptor, LibC.POLLOUT, milliseconds: 0);

    private static PollOutcome Wait(pollfd* entries, nuint count, int milliseconds, in SignalSet mask)
    {
        timespec timeout = Time(milliseconds);
        sigset_t blocked = mask.Value;
        int ready = Libc.ppoll(entries, count, milliseconds < 0 ? null : &timeout, &blocked);
        if (ready >= 0)
        {
            return ready > 0 ? PollOutcome.Ready : PollOutcome.TimedOut;
        }

        Errno error = Errno.Last;
        if (error.IsInterrupted)
        {
            return PollOutcome.Interrupted;
        }

        Failure = error;
        SignalMask.LetIn(mask);
        return PollOutcome.Failed;
    }

    private static timespec Time(int milliseconds) => new()
    {
        tv_sec = milliseconds / MillisecondsPerSecond,
        tv_nsec = milliseconds % MillisecondsPerSecond * NanosecondsPerMillisecond,
    };
}
