using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using EchoNative.Cli;
using EchoNative.Options;
using EchoNative.Posix;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tmds.Linux;

namespace EchoNative.UnitTests;

/// <summary>Any input from outside is either accepted or refused. The only exception is the one for wrong usage.</summary>
public sealed class FuzzTests
{
    private const string Line = "7f8636000000-7f8636001000 rw-p 00000000 00:00 0 ";

    private static readonly byte[] s_program = File.ReadAllBytes(Environment.ProcessPath!);

    [Property(MaxTest = 5000)]
    public void Any_bytes_are_a_line_of_maps_or_not(byte[] bytes) => _ = MemoryArea.TryParse(bytes, out _);

    [Property(MaxTest = 5000)]
    public void A_line_of_maps_with_a_byte_changed_is_one_or_not(ushort place, byte value)
    {
        byte[] line = Encoding.ASCII.GetBytes(Line);
        line[place % line.Length] = value;
        if (MemoryArea.TryParse(line, out MemoryArea area))
        {
            // An area with an end below its start would make the program change memory outside of the area.
            Assert.True(area.Range.Start <= area.Range.End, Encoding.Latin1.GetString(line));
        }
    }

    [Property(MaxTest = 2000)]
    public void A_line_of_maps_is_read_back(uint start, ushort pages, bool reserved)
    {
        ulong end = start + ((ulong)pages << 12);
        string access = reserved ? "---" : "rw-";
        string line = string.Create(CultureInfo.InvariantCulture, $"{start:x8}-{end:x8} {access}p 00000000 00:00 0 ");
        Assert.True(MemoryArea.TryParse(Encoding.ASCII.GetBytes(line), out MemoryArea area));
        MemoryProtection protection = reserved ? MemoryProtection.Reserved : MemoryProtection.Writable;
        Assert.Equal(new MemoryArea(new MemoryRange(start, (nuint)end), true, protection), area);
    }

    [Property(MaxTest = 300)]
    public void A_program_file_with_bytes_changed_has_the_section_or_not(ushort[] places, byte value)
    {
        // The program reads the header at the start, and the section headers and section names at the end.
        const int Tail = 8192;
        byte[] file = [.. s_program];
        foreach (ushort place in places)
        {
            file[place % 64] = value;
            file[file.Length - 1 - (place % Tail)] = value;
        }

        AssertFindsOrNot(file);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(24)]
    [InlineData(16)]
    public void Names_of_sections_that_are_anywhere_and_of_any_length_are_not_read(int field)
    {
        // e_shoff and e_shstrndx of the header, and sh_addr, sh_offset and sh_size of that section's header; see elf(5).
        byte[] file = [.. s_program];
        int sections = (int)BitConverter.ToInt64(file, 0x28);
        int names = sections + (BitConverter.ToUInt16(file, 0x3E) * 64);
        BitConverter.GetBytes(ulong.MaxValue).CopyTo(file, names + field);
        AssertFindsOrNot(file);
    }

    [Property(MaxTest = 300)]
    public void Any_bytes_are_a_program_file_or_not(byte[] bytes) => AssertFindsOrNot(bytes);

    [Property(MaxTest = 5000, Arbitrary = [typeof(CommandLines)])]
    public void Any_command_line_is_understood_or_refused(string[] arguments)
    {
        AssertParsesOrRefuses("echo-server", arguments, ServerCommandLine.Command, given => ServerCommandLine.Parse(given));
        AssertParsesOrRefuses("echo-client", arguments, ClientCommandLine.Command, ClientCommandLine.Parse);
        AssertParsesOrRefuses("echo-bench", arguments, BenchCommandLine.Command, BenchCommandLine.Parse);
    }

    [Property(MaxTest = 5000, Arbitrary = [typeof(CommandLines)])]
    public void Any_text_is_an_address_or_not(string[] texts, ushort port)
    {
        foreach (string text in texts)
        {
            if (SocketAddress.TryParse(text, port, out SocketAddress address))
            {
                Assert.True(System.Net.IPEndPoint.TryParse(address.ToString(), out System.Net.IPEndPoint? other), text);
                Assert.Equal(port, other!.Port);
            }
        }
    }

    // The words of other programs are replaced by options of this one, so that most options are known.
    private static void AssertParsesOrRefuses(
        string program, string[] words, Command command, Func<IReadOnlyList<string>, object> parse)
    {
        string[] arguments =
        [
            .. words.Select(word => word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2
                ? command.Options[word.Length % command.Options.Count].Name
                : word),
        ];
        Invocation invocation = Invocation.Find(program, arguments);
        if (invocation.WantsHelp || invocation.WantsVersion)
        {
            return; // nothing else is parsed
        }

        try
        {
            Assert.NotNull(parse(arguments));
        }
        catch (UsageException exception)
        {
            Assert.NotEmpty(exception.Message);
        }
    }

    private static void AssertFindsOrNot(byte[] file)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, file);
        FileDescriptor descriptor = FileDescriptor.Open(path, LibC.O_RDONLY);
        MemoryRange found = ProgramImage.FindSection(descriptor, ".bss"u8);
        descriptor.Close();
        File.Delete(path);
        Assert.True(found.Start <= found.End);
    }

    /// <summary>Arguments that are partly valid.</summary>
    public static class CommandLines
    {
        private static readonly string[] s_words =
        [
            "--bind", "--backlog", "--grace", "--quiet", "--max-clients", "--busy", "--max-per-peer", "--idle-timeout", "--user",
            "--peer-prefix", "--proxy-protocol", "--banner", "--ignore-probes",
            "--raw", "--verify", "--timeout", "-4", "-6", "--count", "--connections", "--help", "--version", "--", "-",
            "wait", "refuse", "ping", "connect", "stream", "hold",
            "127.0.0.1", "::1", "::", "fe80::1%lo", "localhost",
            "0", "1", "9190", "65535", "65536", "-1", "9x", "2147483648", "99999999999999999999", "0x10", "1.5",
            "=", "--bind=", "--grace=1", "",
        ];

        /// <summary>Several of these words or of random texts.</summary>
        public static Arbitrary<string[]> Several() =>
            Gen.OneOf(Gen.Elements(s_words), ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get))
                .ArrayOf().ToArbitrary();
    }
}
