using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace EchoNative.Testing;

/// <summary>One mapping of a process; see proc_pid_maps(5).</summary>
/// <param name="Start">Its first address.</param>
/// <param name="End">The address behind its last byte.</param>
/// <param name="Access">What is allowed, such as <c>rw-p</c>.</param>
/// <param name="IsAnonymous">Whether it belongs to no file.</param>
public sealed record Mapping(long Start, long End, string Access, bool IsAnonymous)
{
    /// <summary>Its length in bytes.</summary>
    public long Length => End - Start;
}

/// <summary>A copy of the writable memory of another process; see proc_pid_mem(5).</summary>
public sealed class ProcessMemory
{
    private const int Alignment = 8;

    private readonly List<byte[]> _pieces = [];

    /// <summary>Reads it.</summary>
    public ProcessMemory(int processId)
    {
        using FileStream memory = new(
            $"/proc/{processId}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        foreach (
            Mapping mapping in MappingsOf(processId).Where(mapping => mapping.Access.StartsWith("rw", StringComparison.Ordinal)))
        {
            byte[] piece = new byte[mapping.Length];
            memory.Position = mapping.Start;
            memory.ReadExactly(piece);
            _pieces.Add(piece);
        }
    }

    /// <summary>How many bytes were read.</summary>
    public long Length => _pieces.Sum(piece => (long)piece.Length);

    /// <summary>The mappings of a process.</summary>
    public static IReadOnlyList<Mapping> MappingsOf(int processId) =>
        [.. File.ReadLines($"/proc/{processId}/maps").Select(ParseMapping)];

    /// <summary>How many mappings a fork of a process leaves out: those with the flag dc of proc_pid_smaps(5).</summary>
    public static int CountLeftOutByFork(int processId) =>
        File.ReadLines($"/proc/{processId}/smaps")
            .Count(
                line => line.StartsWith("VmFlags:", StringComparison.Ordinal) && line.Contains(" dc", StringComparison.Ordinal));

    /// <summary>
    /// The anonymous memory of a process in KiB, without the stack of its main thread. The stack gets its pages when a call
    /// goes deeper than all calls before it, which may be at the first error of a kind.
    /// </summary>
    public static long AnonymousBesidesStackOf(int processId)
    {
        long sum = 0;
        bool isStack = false;
        foreach (string line in File.ReadLines($"/proc/{processId}/smaps"))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!words[0].EndsWith(':'))
            {
                isStack = words[^1] == "[stack]"; // the first line of a mapping
            }
            else if (words[0] == "Anonymous:" && !isStack)
            {
                sum += long.Parse(words[1], CultureInfo.InvariantCulture);
            }
        }

        return sum;
    }

    /// <summary>How often these bytes occur, at any address.</summary>
    public int Count(byte[] wanted) => _pieces.Sum(piece => piece.AsSpan().Count(wanted));

    /// <summary>The first bytes that the condition accepts, among those whose address is a multiple of eight.</summary>
    /// <param name="length">How many bytes the condition is shown, and are returned.</param>
    /// <param name="condition">Whether these bytes are the ones.</param>
    public byte[] Find(int length, Func<ReadOnlySpan<byte>, bool> condition)
    {
        foreach (byte[] piece in _pieces)
        {
            for (int start = 0; start + length <= piece.Length; start += Alignment)
            {
                if (condition(piece.AsSpan(start, length)))
                {
                    return piece[start..(start + length)];
                }
            }
        }

        throw new InvalidOperationException("the memory holds no such bytes");
    }

    // 7f8636000000-7f8636001000 rw-p 00000000 00:00 0    [heap]
    private static Mapping ParseMapping(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long[] bounds =
            [.. fields[0].Split('-').Select(end => long.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
        bool hasNoName = fields.Length == 5;
        return new Mapping(bounds[0], bounds[1], fields[1], hasNoName && fields[3] == "00:00" && fields[4] == "0");
    }
}
