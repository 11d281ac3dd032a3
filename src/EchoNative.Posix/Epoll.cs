using System;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>What a descriptor can do without waiting.</summary>
[Flags]
public enum Readiness
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A read would return something: bytes, the end of file, or an error.</summary>
    Readable = 1,

    /// <summary>A write would take something or fail. A connect in progress has ended, with or without success.</summary>
    Writable = 2,
}

/// <summary>
/// Waits for many descriptors at once; see epoll(7). It is level-triggered: a descriptor is reported by each
/// <see cref="Wait"/> as long as it is ready. Closing the last copy of a descriptor removes it.
/// </summary>
public sealed unsafe class Epoll
{
    private const int MaxEvents = 512;

    private readonly FileDescriptor _descriptor;
    private readonly epoll_event[] _events = new epoll_event[MaxEvents];

    private Epoll(int descriptor) => _descriptor = new FileDescriptor(descriptor);

    /// <summary>Makes an instance without descriptors. It is never closed: it lasts until the process ends.</summary>
    /// <exception cref="PosixException">epoll_create1(2) failed.</exception>
    public static Epoll Open()
    {
        int descriptor = epoll_create1(EPOLL_CLOEXEC);
        PosixException.ThrowIfFailed(descriptor, "epoll_create1", "events");
        return new Epoll(descriptor);
    }

    /// <summary>Begins to wait for a descriptor.</summary>
    /// <param name="descriptor">The descriptor, which the caller still owns.</param>
    /// <param name="token">The number by which <see cref="GetEvent"/> identifies it.</param>
    /// <param name="interest">What to wait for. Errors are always reported.</param>
    /// <exception cref="PosixException">epoll_ctl(2) failed: no memory, or the user's limit of watches.</exception>
    public void Add(FileDescriptor descriptor, int token, Readiness interest) =>
        Control(EPOLL_CTL_ADD, descriptor, token, interest);

    /// <summary>Changes what to wait for, for a descriptor that was added.</summary>
    /// <inheritdoc cref="Add"/>
    public void Modify(FileDescriptor descriptor, int token, Readiness interest) =>
        Control(EPOLL_CTL_MOD, descriptor, token, interest);

    /// <summary>Sleeps until a descriptor is ready, the time is over, or a signal handler has run.</summary>
    /// <param name="milliseconds">The longest wait; 0 does not sleep.</param>
    /// <returns>How many events <see cref="GetEvent"/> can return.</returns>
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
    /// What the descriptor can do. After an error, or when both sides have ended, it is readable and writable: the next
    /// read or write returns the reason.
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
        int result = epoll_ctl(_descriptor.Number, operation, descriptor.Number, &entry);
        PosixException.ThrowIfFailed(result, "epoll_ctl", "connection");
    }
}
