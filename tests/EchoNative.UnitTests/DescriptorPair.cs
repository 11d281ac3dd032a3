using System;
using EchoNative.Posix;
using Tmds.Linux;

namespace EchoNative.UnitTests;

/// <summary>Two descriptors that lead to each other. Each is closed once, by the test or at the end.</summary>
internal sealed unsafe class DescriptorPair : IDisposable
{
    private bool _firstIsOpen = true;
    private bool _secondIsOpen = true;

    private DescriptorPair(int first, int second)
    {
        First = new FileDescriptor(first);
        Second = new FileDescriptor(second);
    }

    /// <summary>Of a pipe, the end that is read.</summary>
    public FileDescriptor First { get; }

    /// <summary>Of a pipe, the end that is written.</summary>
    public FileDescriptor Second { get; }

    /// <summary>A pipe; see pipe(2).</summary>
    public static DescriptorPair Pipe()
    {
        int* ends = stackalloc int[2];
        Check(LibC.pipe2(ends, LibC.O_CLOEXEC));
        return new DescriptorPair(ends[0], ends[1]);
    }

    /// <summary>Two connected stream sockets; see socketpair(2).</summary>
    public static DescriptorPair Sockets()
    {
        int* ends = stackalloc int[2];
        Check(LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0, ends));
        return new DescriptorPair(ends[0], ends[1]);
    }

    /// <summary>Sets O_NONBLOCK, as somebody might who shares the open file.</summary>
    public static void MakeNonBlocking(FileDescriptor descriptor) =>
        Check(LibC.fcntl(descriptor.Number, LibC.F_SETFL, LibC.fcntl(descriptor.Number, LibC.F_GETFL) | LibC.O_NONBLOCK));

    /// <summary>Makes the kernel hold as little as it can on the way out of a socket.</summary>
    public static void ShrinkSendBuffer(FileDescriptor socket)
    {
        int smallest = 1;
        Check(LibC.setsockopt(socket.Number, LibC.SOL_SOCKET, LibC.SO_SNDBUF, &smallest, sizeof(int)));
    }

    /// <summary>Makes the kernel hold as little as it can in a pipe: one page.</summary>
    public static void ShrinkPipe(FileDescriptor pipe)
    {
        const int SetPipeSize = 1031; // F_SETPIPE_SZ, see fcntl(2)
        Check(LibC.fcntl(pipe.Number, SetPipeSize, 1));
    }

    public void CloseFirst()
    {
        _firstIsOpen = false;
        First.Close();
    }

    public void CloseSecond()
    {
        _secondIsOpen = false;
        Second.Close();
    }

    public void Dispose()
    {
        if (_firstIsOpen)
        {
            CloseFirst();
        }

        if (_secondIsOpen)
        {
            CloseSecond();
        }
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new InvalidOperationException($"the test could not set itself up: {Errno.Last}");
        }
    }
}
