using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using EchoNative.Posix;
using EchoNative.Testing;

namespace EchoNative.UnitTests;

[Collection(nameof(MappingCollection))]
public sealed class MemoryMappingTests
{
    private const int Length = 100_000;

    [Fact]
    public void Private_memory_is_writable_and_each_process_has_its_own() =>
        Assert.Equal("rw-p", Use(MemoryMapping.Private(Length)));

    [Fact]
    public void Shared_memory_is_writable_and_common_to_all_processes() =>
        Assert.Equal("rw-s", Use(MemoryMapping.Shared(Length)));

    [Fact]
    public unsafe void Memory_of_the_parent_only_is_writable_and_not_copied_by_a_fork()
    {
        MemoryMapping mapping = MemoryMapping.ParentOnly(Length, out bool isKept);
        Assert.True(isKept);
        Assert.Equal("rw-p", Use(mapping));
        fixed (byte* parents = mapping.Bytes, everybodys = MemoryMapping.Private(Length).Bytes)
        {
            // "dc" is "do not copy area on fork", see proc_pid_smaps(5).
            Assert.Contains("dc", Flags((ulong)parents));
            Assert.DoesNotContain("dc", Flags((ulong)everybodys));
        }
    }

    [Fact]
    public void A_mapping_of_no_length_is_an_error_of_mmap() =>
        Assert.Equal(
            "mmap() error: Invalid argument (0 bytes)",
            Assert.Throws<PosixException>(() => MemoryMapping.Private(0)).Message);

    private static unsafe string Use(MemoryMapping mapping)
    {
        Assert.Equal(Length, mapping.Bytes.Length);
        Assert.True(mapping.Bytes.IndexOfAnyExcept((byte)0) < 0, "new memory is zero");
        mapping.Bytes.Fill(1);
        Assert.True(mapping.Bytes.IndexOfAnyExcept((byte)1) < 0, "the memory is the same each time it is asked for");
        fixed (byte* start = mapping.Bytes)
        {
            return Permissions((ulong)start);
        }
    }

    private static string[] Flags(ulong address)
    {
        IEnumerable<string> lines = File.ReadAllLines("/proc/self/smaps").SkipWhile(line => !IsPieceWith(address, line));
        return lines.First(line => line.StartsWith("VmFlags:", StringComparison.Ordinal)).Split(' ');
    }

    private static bool IsPieceWith(ulong address, string line)
    {
        string[] ends = line.Split(' ')[0].Split('-');
        return ends.Length == 2
            && ulong.TryParse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start)
            && ulong.TryParse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong end)
            && start <= address && address < end;
    }

    // The kernel merges neighbours with the same rights.
    private static string Permissions(ulong address) =>
        ProcessMemory.MappingsOf(Environment.ProcessId)
            .First(mapping => mapping.Start <= (long)address && (long)address < mapping.End).Access;
}

/// <summary>The tests that make mappings. They run one after the other: the program makes mappings in one thread.</summary>
[CollectionDefinition(nameof(MappingCollection))]
public sealed class MappingCollection;
