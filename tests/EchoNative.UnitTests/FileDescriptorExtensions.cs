using System;
using System.Text;
using EchoNative.Posix;
using Tmds.Linux;

namespace EchoNative.UnitTests;

/// <summary>What tests do with descriptors beyond what the program does.</summary>
internal static unsafe class FileDescriptorExtensions
{
    private const int SetPipeSize = 1031; // F_SETPIPE_SZ, see fcntl(2)

    extension(FileDescriptor descriptor)
    {
        /// <summary>Whether O_NONBLOCK is set.</summary>
        public bool IsNonBlocking => (LibC.fcntl(descriptor.Number, LibC.F_GETFL) & LibC.O_NONBLOCK) != 0;

        /// <summary>Opens a file with O_CLOEXEC; see open(2).</summary>
        /// <returns>The descriptor, which the caller owns.</returns>
        public static FileDescriptor Open(string path, int flags)
        {
            fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            {
                int opened = LibC.open(name, flags | LibC.O_CLOEXEC, default);
                Check(opened);
                return new FileDescriptor(opened);
            }
        }

        /// <summary>Sets O_NONBLOCK, as another process could that shares the open file.</summary>
        public void MakeNonBlocking() =>
            Check(LibC.fcntl(descriptor.Number, LibC.F_SETFL, LibC.fcntl(descriptor.Number, LibC.F_GETFL) | LibC.O_NONBLOCK));

        /// <summary>Makes the send buffer of a socket as small as possible.</summary>
        public void ShrinkSendBuffer()
        {
            int smallest = 1;
            Check(LibC.setsockopt(descriptor.Number, LibC.SOL_SOCKET, LibC.SO_SNDBUF, &smallest, sizeof(int)));
        }

        /// <summary>Makes a pipe as short as possible: one page.</summary>
        public void ShrinkPipe() => Check(LibC.fcntl(descriptor.Number, SetPipeSize, 1));
    }

    /// <summary>Throws if a call of the test's own preparation has failed.</summary>
    internal static void Check(int result)
    {
        if (result < 0)
        {
            throw new InvalidOperationException($"the test could not be prepared: {Errno.Last}");
        }
    }
}
