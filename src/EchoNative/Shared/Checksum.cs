using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace EchoNative.Shared;

/// <summary>
/// CRC-32C of bytes that arrive piece by piece (RFC 3720, B.4; the processor has an instruction for it). It is a plain number
/// and uses no object, so that a forked child may compute it.
/// </summary>
internal readonly struct Checksum
{
    private Checksum(uint value) => Value = value;

    /// <summary>The checksum of no bytes.</summary>
    public static Checksum Empty => default;

    /// <summary>The checksum as a number.</summary>
    public uint Value { get; }

    /// <summary>The checksum with this <see cref="Value"/>.</summary>
    public static Checksum From(uint value) => new(value);

    /// <summary>The checksum of the bytes so far and these bytes after them.</summary>
    public Checksum With(ReadOnlySpan<byte> bytes)
    {
        // The algorithm works on the inverted number.
        uint register = ~Value;
        while (bytes.Length >= sizeof(ulong))
        {
            register = BitOperations.Crc32C(register, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            register = BitOperations.Crc32C(register, value);
        }

        return new Checksum(~register);
    }

    /// <summary>Eight hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x8", CultureInfo.InvariantCulture);
}
