using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// Waiting for many descriptors at once; see epoll(7). Level-triggered: what is not taken is told again. A
/// descriptor that is closed leaves by itself, as long as no copy of it is open.
/// </summary>
public sealed unsafe class Epoll
{
    private const int EventsInOneGo = 512;

    private readonly FileDescriptor _descriptor;
    private readonly epoll_event[] _events = new epoll_event[EventsInOneGo];

    private Epoll(int descriptor) => _descriptor = new FileDescriptor(descriptor);

    /// <summary>Makes one that waits for nothing yet. It lasts as long as the process.</summary>
    /// <exception cref="PosixException">epoll_create1(2) failed.</exception>
    public static Epoll Open()
    {
        int descriptor = epoll_create1(EPOLL_CLOEXEC);
        return descriptor >= 0 ? new Epoll(descriptor) : throw new PosixException("epoll_create1", Errno.Last, "events");
    }

    /// <summary>Begins to wait for a descriptor.</summary>
    /// <param name="descriptor">The descriptor, which stays the caller's.</param>
    /// <param name="token">What it is called in <see cref="GetEvent"/>.</param>
    /// <param name="interest">What to wait for. An error is told whatever is asked.</param>
    /// <exception cref="PosixException">epoll_ctl(2) failed: memory, or the user's limit of watches.</exception>
    public void Add(FileDescriptor descriptor, int token, Readiness interest) =>
        Control(EPOLL_CTL_ADD, descriptor, token, interest);

    /// <summary>Waits for something else of a descriptor that was added.</summary>
    /// <inheritdoc cref="Add"/>
    public void Change(FileDescriptor descriptor, int token, Readiness interest) =>
        Control(EPOLL_CTL_MOD, descriptor, token, interest);

    /// <summary>Sleeps until a descriptor is ready, the time is over, or a signal handler has run.</summary>
    /// <param name="milliseconds">The longest wait; 0 does not sleep.</param>
    /// <returns>How many events there are to ask for.</returns>
    public int Wait(int milliseconds)
    {
        fixed (epoll_event* events = _events)
        {
            int count = epoll_wait(_descriptor.Number, events, _events.Length, milliseconds);
            return count >= 0 ? count
                : Errno.Last.IsInterrupted ? 0
                : throw new PosixException("epoll_wait", Errno.Last, "events");
        }
    }

    /// <summary>One of the events of the last <see cref="Wait"/>.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="token">The descriptor's token.</param>
    /// <returns>
    /// What it can do. After an error, or where both sides have ended, it is readable and writable: the next
    /// call tells what it is.
    /// </returns>
    public Readiness GetEvent(int index, out int token)
    {
        ref readonly epoll_event ready = ref _events[index];
        token = ready.data.fd;
        int events = (int)ready.events;
        Readiness result = (events & EPOLLIN) != 0 ? Readiness.Readable : Readiness.None;
        if ((events & EPOLLOUT) != 0)
        {
            result |= Readiness.Writable;
        }

        return (events & (EPOLLERR | EPOLLHUP)) != 0 ? Readiness.Readable | Readiness.Writable : result;
    }

    private void Control(int operation, FileDescriptor descriptor, int token, Readiness interest)
    {
        int events = (interest & Readiness.Readable) != 0 ? EPOLLIN : 0;
        if ((interest & Readiness.Writable) != 0)
        {
            events |= EPOLLOUT;
        }

        epoll_event entry = default;
        entry.events = events;
        entry.data.fd = token;
        if (epoll_ctl(_descriptor.Number, operation, descriptor.Number, &entry) != 0)
        {
            throw new PosixException("epoll_ctl", Errno.Last, "connection");
        }
    }
}
