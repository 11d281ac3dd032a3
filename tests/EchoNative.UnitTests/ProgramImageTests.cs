using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text;
using EchoNative.Posix;

namespace EchoNative.UnitTests;

/// <summary>Compares what it says of the program that runs these tests with /proc/self/maps and readelf(1).</summary>
public sealed class ProgramImageTests
{
    [Fact]
    public void It_spans_what_the_kernel_has_mapped_of_the_file()
    {
        string path = Environment.ProcessPath!;
        nuint[] bounds =
        [
            .. System.IO.File.ReadLines("/proc/self/maps").Where(line => line.EndsWith(path, StringComparison.Ordinal))
                .SelectMany(line => line.Split(' ')[0].Split('-'))
                .Select(number => nuint.Parse(number, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(bounds.Min(), ProgramImage.Range.Start);
        Assert.InRange(ProgramImage.Range.End, bounds.Max() - 4096, nuint.MaxValue);
    }

    [Fact]
    public void Its_sections_are_where_readelf_says()
    {
        Dictionary<string, (ulong Address, ulong Size)> sections = ReadSections(Environment.ProcessPath!);
        Assert.Contains(".text", sections);
        Assert.Contains(".bss", sections);
        foreach ((string name, (ulong address, ulong size)) in sections)
        {
            if (address == 0 || size == 0)
            {
                continue; // not in memory
            }

            MemoryRange found = ProgramImage.FindSection(Encoding.ASCII.GetBytes(name));
            Assert.Equal((name, ProgramImage.Range.Start + (nuint)address), (name, found.Start));
            Assert.Equal((name, (nuint)size), (name, found.End - found.Start));
        }
    }

    [Fact]
    public void The_end_is_that_of_the_last_variable() =>
        Assert.InRange(
            ProgramImage.Range.End, ProgramImage.FindSection(".bss"u8).End, ProgramImage.FindSection(".bss"u8).End + 4096);

    [Fact]
    public void A_section_that_is_not_there_is_empty()
    {
        Assert.True(ProgramImage.FindSection(".tex"u8).IsEmpty);
        Assert.True(ProgramImage.FindSection(".text2"u8).IsEmpty);
    }

    // [ 1] .interp  PROGBITS  00000000000002a8 0002a8 00001c 00   A  0   0  1
    private static Dictionary<string, (ulong Address, ulong Size)> ReadSections(string path)
    {
        using Process readelf = Process.Start(
            new ProcessStartInfo("readelf", ["--section-headers", "--wide", path]) { RedirectStandardOutput = true })!;
        string output = readelf.StandardOutput.ReadToEnd();
        readelf.WaitForExit();
        return output.Split('\n')
            .Where(line => line.Contains("] .", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..])
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(fields => fields[0], fields => (Hexadecimal(fields[2]), Hexadecimal(fields[4])));
    }

    private static ulong Hexadecimal(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
