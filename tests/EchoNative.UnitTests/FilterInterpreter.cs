using System;
using EchoNative.Posix;

namespace EchoNative.UnitTests;

/// <summary>Runs a filter as the kernel does. It knows the BPF instructions that our filters use.</summary>
internal static class FilterInterpreter
{
    private const int FirstArgument = 16;

    /// <summary>The result of the filter for a system call.</summary>
    /// <param name="program">The filter.</param>
    /// <param name="architecture">The number of the architecture, see linux/audit.h.</param>
    /// <param name="number">The number of the call.</param>
    /// <param name="arguments">Its arguments; the missing ones are zero.</param>
    public static uint Run(
        ReadOnlySpan<Libc.sock_filter> program, uint architecture, uint number, params ReadOnlySpan<ulong> arguments)
    {
        Span<byte> data = stackalloc byte[64];
        data.Clear();
        _ = BitConverter.TryWriteBytes(data, number);
        _ = BitConverter.TryWriteBytes(data[4..], architecture);
        for (int argument = 0; argument < arguments.Length; argument++)
        {
            _ = BitConverter.TryWriteBytes(data[(FirstArgument + (8 * argument))..], arguments[argument]);
        }

        uint accumulator = 0;
        for (int position = 0; position < program.Length; position++)
        {
            Libc.sock_filter instruction = program[position];
            switch (instruction.code)
            {
                case Libc.BPF_LD | Libc.BPF_W | Libc.BPF_ABS:
                    Assert.Equal(0u, instruction.k % 4); // otherwise the kernel refuses the program
                    accumulator = BitConverter.ToUInt32(data[(int)instruction.k..]);
                    break;

                case Libc.BPF_JMP | Libc.BPF_JEQ | Libc.BPF_K:
                    position += accumulator == instruction.k ? instruction.jt : instruction.jf;
                    break;

                case Libc.BPF_JMP | Libc.BPF_JGT | Libc.BPF_K:
                    position += accumulator > instruction.k ? instruction.jt : instruction.jf;
                    break;

                case Libc.BPF_RET | Libc.BPF_K:
                    return instruction.k;

                default:
                    throw new InvalidOperationException($"instruction {position} has code {instruction.code}");
            }
        }

        throw new InvalidOperationException("the program has no end");
    }
}
