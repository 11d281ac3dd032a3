using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.Arm64Tests;

/// <summary>The binary for arm64 as readelf(1) shows it: what the linker has to get right on any processor.</summary>
public sealed class CrossBuiltBinaryTests
{
    private const ulong LongestPage = 64 * 1024; // kernels for arm64 are built with pages of 4, 16 or 64 KiB

    private static readonly string s_output = ReadElf();

    [Fact]
    public void The_binary_is_for_arm64_is_position_independent_and_needs_no_library()
    {
        Assert.Matches(@"(?m)^ *Machine: +AArch64$", s_output);
        Assert.Matches(@"(?m)^ *Type: +DYN ", s_output);
        Assert.DoesNotContain("INTERP", s_output, StringComparison.Ordinal);
        Assert.DoesNotContain("NEEDED", s_output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_segments_can_be_mapped_for_every_page_size()
    {
        //   LOAD  0x1fb710 0x000000000020b710 0x000000000020b710 0x008738 0x04c7c0 RW  0x10000
        string[] segments = [.. s_output.Split('\n').Where(line => line.StartsWith("  LOAD ", StringComparison.Ordinal))];
        Assert.Equal(2, segments.Length);
        Assert.All(segments, line => Assert.Equal(0ul, Number(line.Split(' ')[^1]) % LongestPage));
    }

    [Fact]
    public void The_code_of_a_child_is_contiguous_and_the_section_that_it_does_not_get_is_the_last()
    {
        // [36] .hydrated  NOBITS  0000000000235500 203e48 0229d0 00  WA  0   0 16
        Dictionary<string, (ulong Start, ulong End)> sections = s_output.Split('\n')
            .Select(line => line.Split(']').Last().Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 4 && fields[0][0] is '.' or '_' && fields[1] is "PROGBITS" or "NOBITS")
            .ToDictionary(fields => fields[0], fields => (Number(fields[2]), Number(fields[2]) + Number(fields[4])));
        Assert.InRange(sections[".text.child"].End - sections[".text.child"].Start, 1024ul, LongestPage);
        Assert.Equal(sections.Values.Max(section => section.End), sections[".hydrated"].End);
        Assert.NotEqual(sections[".hydrated"].Start, sections[".hydrated"].End);
    }

    private static ulong Number(string text) =>
        ulong.Parse(text.Replace("0x", "", StringComparison.Ordinal), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string ReadElf()
    {
        using RunningProgram readelf = new(
            "readelf", ["--file-header", "--program-headers", "--section-headers", "--dynamic", "--wide", Binary.Arm64]);
        Assert.True(readelf.WaitForExit() == 0, readelf.Transcript);
        return readelf.Output;
    }
}
