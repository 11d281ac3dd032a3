using System;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>Waiting, see poll(2): the only place where the process sleeps other than in an echo itself.</summary>
public static unsafe class Poll
{
    /// <summary>A wait without end.</summary>
    public const int Forever = -1;

    private const int MillisecondsPerSecond = 1000;
    private const int NanosecondsPerMillisecond = 1_000_000;

    /// <summary>
    /// Sleeps until <paramref name="descriptor"/> can be read or has ended, until a signal handler has
    /// run, or until the time is over. <paramref name="mask"/> is in force during the call and only then:
    /// it is here, and nowhere else in the program, that handlers run. See ppoll(2).
    /// </summary>
    /// <param name="descriptor">What to wait for.</param>
    /// <param name="milliseconds">The longest wait, or <see cref="Forever"/>.</param>
    /// <param name="mask">The signals that stay blocked meanwhile.</param>
    public static PollOutcome WaitReadable(FileDescriptor descriptor, int milliseconds, in SignalSet mask)
    {
        pollfd entry = new() { fd = descriptor.Number, events = (short)LibC.POLLIN };
        return Wait(&entry, 1, milliseconds, mask);
    }

    /// <summary>The same for several: sleeps until a client waits on one of <paramref name="sockets"/>.</summary>
    /// <param name="sockets">What to wait for.</param>
    /// <param name="ready">Of each whether it is ready, where the outcome is <see cref="PollOutcome.Ready"/>.</param>
    /// <param name="milliseconds">The longest wait, or <see cref="Forever"/>.</param>
    /// <param name="mask">The signals that stay blocked meanwhile.</param>
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
    /// Sleeps until a signal handler has run or the time is over. With a time of 0 it lets the handlers
    /// of pending signals run and returns: a wait with a descriptor returns without running them when
    /// the descriptor is ready at once.
    /// </summary>
    /// <param name="milliseconds">The longest wait, or <see cref="Forever"/>.</param>
    /// <param name="mask">The signals that stay blocked meanwhile.</param>
    public static PollOutcome WaitForSignal(int milliseconds, in SignalSet mask) => Wait(null, 0, milliseconds, mask);

    /// <summary>
    /// Sleeps until the descriptor is ready for the events of poll(2), or the time is over, or something else has
    /// happened, with the mask as it is.
    /// </summary>
    internal static void WaitUntilReady(FileDescriptor descriptor, int events, int milliseconds = Forever)
    {
        pollfd entry = new() { fd = descriptor.Number, events = (short)events };
        timespec timeout = Time(milliseconds);
        _ = Libc.ppoll(&entry, 1, milliseconds < 0 ? null : &timeout, null);
    }

    /// <summary>Whether a write(2) to the descriptor would take at least something at once.</summary>
    internal static bool IsWritable(FileDescriptor descriptor)
    {
        pollfd entry = new() { fd = descriptor.Number, events = (short)LibC.POLLOUT };
        timespec now = default;
        return Libc.ppoll(&entry, 1, &now, null) > 0;
    }

    private static PollOutcome Wait(pollfd* entries, nuint count, int milliseconds, in SignalSet mask)
    {
        timespec timeout = Time(milliseconds);
        sigset_t blocked = mask.Value;
        int ready = Libc.ppoll(entries, count, milliseconds < 0 ? null : &timeout, &blocked);
        if (ready > 0)
        {
            return PollOutcome.Ready;
        }

        return ready == 0 ? PollOutcome.TimedOut : PollOutcome.Interrupted;
    }

    private static timespec Time(int milliseconds) => new()
    {
        tv_sec = milliseconds / MillisecondsPerSecond,
        tv_nsec = milliseconds % MillisecondsPerSecond * NanosecondsPerMillisecond,
    };
}
