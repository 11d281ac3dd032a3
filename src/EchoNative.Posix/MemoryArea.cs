using System;
using System.Buffers.Text;
using System.Collections.Generic;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>The access rights of a memory area; see mprotect(2).</summary>
internal enum MemoryProtection
{
    /// <summary>No access: the area is reserved for later use, or it is the guard page of a stack.</summary>
    Reserved,

    /// <summary>Reading and writing.</summary>
    Writable,

    /// <summary>Anything else, such as executing.</summary>
    Other,
}

/// <summary>One mapped area of this process's address space: a line of /proc/self/maps; see proc_pid_maps(5).</summary>
/// <param name="Range">Its addresses.</param>
/// <param name="IsAnonymous">Whether it belongs to no file and has no name such as <c>[stack]</c>.</param>
/// <param name="Protection">Its access rights.</param>
internal readonly record struct MemoryArea(MemoryRange Range, bool IsAnonymous, MemoryProtection Protection)
{
    private const int MaxTextLength = 1024 * 1024; // bytes
    private const int UsualCount = 64;

    /// <summary>All areas in the order of their addresses; empty if /proc can't be read.</summary>
    public static List<MemoryArea> ReadAll()
    {
        MemoryMapping buffer = MemoryMapping.Private(MaxTextLength);
        List<MemoryArea> areas = new(UsualCount);
        ReadOnlySpan<byte> text = buffer.Bytes[..ReadText(buffer.Bytes)];
        while (!text.IsEmpty)
        {
            int newline = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = newline < 0 ? text : text[..newline];
            text = newline < 0 ? default : text[(newline + 1)..];
            if (TryParse(line, out MemoryArea area))
            {
                // The buffer for this text is in the list, perhaps in one line with its neighbours. It is freed below.
                Add(areas, area with { Range = area.Range.Below(buffer.Range) });
                Add(areas, area with { Range = area.Range.Above(buffer.Range) });
            }
        }

        buffer.Free();
        return areas;
    }

    /// <summary>Parses a line such as <c>7f8636000000-7f8636001000 rw-p 00000000 00:00 0</c>.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> line, out MemoryArea area)
    {
        area = default;
        if (!Utf8Parser.TryParse(line, out ulong start, out int used, 'x') || used >= line.Length || line[used] != (byte)'-')
        {
            return false;
        }

        line = line[(used + 1)..];
        if (!Utf8Parser.TryParse(line, out ulong end, out used, 'x') || end < start)
        {
            return false;
        }

        // The last number is the inode. A file or a name would follow it.
        area = new MemoryArea(
            new MemoryRange((nuint)start, (nuint)end),
            line.TrimEnd((byte)' ').EndsWith(" 00:00 0"u8),
            line[used..].StartsWith(" ---"u8) ? MemoryProtection.Reserved
                : line[used..].StartsWith(" rw-"u8) ? MemoryProtection.Writable
                : MemoryProtection.Other);
        return true;
    }

    private static void Add(List<MemoryArea> areas, MemoryArea area)
    {
        if (!area.Range.IsEmpty)
        {
            areas.Add(area);
        }
    }

    private static unsafe int ReadText(Span<byte> buffer)
    {
        int descriptor;
        fixed (byte* path = "/proc/self/maps\0"u8)
        {
            descriptor = open(path, O_RDONLY, default);
        }

        if (descriptor < 0)
        {
            return 0;
        }

        FileDescriptor file = new(descriptor);
        int length = 0;
        IoResult read;
        do
        {
            read = file.Read(buffer[length..]);
            length += read.Count;
        }
        while (read.Count > 0);

        file.Close();
        return length;
    }
}
