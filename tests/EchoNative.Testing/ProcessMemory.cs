using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace EchoNative.Testing;

/// <summary>What is in the memory of another process that it can write to; see proc_pid_mem(5).</summary>
public sealed class ProcessMemory
{
    private const int Step = 8;

    private readonly List<byte[]> _pieces = [];

    /// <summary>Reads it.</summary>
    public ProcessMemory(int processId)
    {
        using FileStream memory = new($"/proc/{processId}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        foreach (string line in File.ReadAllLines($"/proc/{processId}/maps"))
        {
            string[] fields = line.Split(' ');
            long[] ends = [.. fields[0].Split('-').Select(end => long.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            if (fields[1].StartsWith("rw", StringComparison.Ordinal))
            {
                byte[] piece = new byte[ends[1] - ends[0]];
                memory.Position = ends[0];
                memory.ReadExactly(piece);
                _pieces.Add(piece);
            }
        }
    }

    /// <summary>How many bytes that is.</summary>
    public long Length => _pieces.Sum(piece => (long)piece.Length);

    /// <summary>How often these bytes are in it, at whatever address.</summary>
    public int Count(byte[] wanted) => _pieces.Sum(piece => piece.AsSpan().Count(wanted));

    /// <summary>The first bytes, at an address that is a multiple of eight, for which the condition holds.</summary>
    /// <param name="length">How many bytes.</param>
    /// <param name="condition">What is to hold for them.</param>
    public byte[] Find(int length, Func<ReadOnlySpan<byte>, bool> condition)
    {
        foreach (byte[] piece in _pieces)
        {
            for (int start = 0; start + length <= piece.Length; start += Step)
            {
                if (condition(piece.AsSpan(start, length)))
                {
                    return piece[start..(start + length)];
                }
            }
        }

        throw new InvalidOperationException("there is nothing of the kind in the memory");
    }
}
