using System;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>The descriptors that a process was started with.</summary>
public static unsafe class InheritedDescriptors
{
    private const int FirstAfterStandardStreams = 3;

    // Offsets in struct linux_dirent64: the length of the entry, and its name; see getdents64(2).
    private const int LengthOffset = 16;
    private const int NameOffset = 19;

    // Without /proc and close_range(2), higher numbers are not tried: where the limit is a billion, that would take minutes.
    private const int HighestTried = 65_535;

    /// <summary>
    /// Closes the descriptors from 3 on, so that no child keeps somebody else's file open; see close_range(2). Where the kernel
    /// or a container refuses that call, they are closed one by one.
    /// </summary>
    /// <param name="passed">How many descriptors from 3 on stay open, because they were passed on purpose.</param>
    /// <param name="kept">Further descriptors that stay open.</param>
    public static void Close(int passed = 0, params ReadOnlySpan<FileDescriptor> kept)
    {
        Span<long> keptNumbers = stackalloc long[kept.Length];
        for (int i = 0; i < kept.Length; i++)
        {
            keptNumbers[i] = kept[i].Number;
        }

        keptNumbers.Sort();
        long first = (long)FirstAfterStandardStreams + passed;
        foreach (long number in keptNumbers)
        {
            if (number >= first)
            {
                CloseRange(first, number - 1);
                first = number + 1;
            }
        }

        CloseRange(first, int.MaxValue);
    }

    private static void CloseRange(long first, long last)
    {
        if (first <= last && Libc.close_range((uint)first, (uint)last, flags: 0) != 0 && !TryCloseListed(first, last))
        {
            long highest = Math.Min(Math.Min(CurrentProcess.DescriptorLimit - 1, HighestTried), last);
            for (long number = first; number <= highest; number++)
            {
                _ = Libc.close((int)number);
            }
        }
    }

    /// <summary>Closes the descriptors of the range that /proc lists; see proc_pid_fd(5) and getdents64(2).</summary>
    /// <returns>False if /proc can't be read.</returns>
    private static bool TryCloseListed(long first, long last)
    {
        const int BufferLength = 4096;
        byte* buffer = stackalloc byte[BufferLength];
        int folder;
        fixed (byte* path = "/proc/self/fd\0"u8)
        {
            folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, default);
        }

        nint length = folder < 0 ? -1 : 1;
        while (length > 0)
        {
            // The kernel continues behind the last number that it has listed, whatever was closed since.
            length = Libc.syscall(SystemCall.Getdents64.Number, folder, (nint)buffer, BufferLength, 0, 0, 0);
            for (byte* entry = buffer; entry < buffer + length; entry += *(ushort*)(entry + LengthOffset))
            {
                // The names "." and ".." are no numbers.
                ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
                bool isNumber = Utf8Parser.TryParse(name, out int number, out _);
                if (isNumber && number >= first && number <= last && number != folder)
                {
                    _ = Libc.close(number);
                }
            }
        }

        _ = Libc.close(folder);
        return length == 0;
    }
}
