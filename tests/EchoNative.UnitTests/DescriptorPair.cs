using System;
using EchoNative.Posix;
using Tmds.Linux;

namespace EchoNative.UnitTests;

/// <summary>The two ends of a pipe or of a socket pair. Each is closed once, by the test or by Dispose.</summary>
internal sealed unsafe class DescriptorPair : IDisposable
{
    private bool _firstIsOpen = true;
    private bool _secondIsOpen = true;

    private DescriptorPair(int first, int second)
    {
        First = new FileDescriptor(first);
        Second = new FileDescriptor(second);
    }

    /// <summary>The read end, if it is a pipe.</summary>
    public FileDescriptor First { get; }

    /// <summary>The write end, if it is a pipe.</summary>
    public FileDescriptor Second { get; }

    /// <summary>A pipe; see pipe(2).</summary>
    public static DescriptorPair Pipe()
    {
        int* ends = stackalloc int[2];
        FileDescriptorExtensions.Check(LibC.pipe2(ends, LibC.O_CLOEXEC));
        return new DescriptorPair(ends[0], ends[1]);
    }

    /// <summary>Two connected stream sockets; see socketpair(2).</summary>
    public static DescriptorPair Sockets()
    {
        int* ends = stackalloc int[2];
        FileDescriptorExtensions.Check(LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0, ends));
        return new DescriptorPair(ends[0], ends[1]);
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
}
