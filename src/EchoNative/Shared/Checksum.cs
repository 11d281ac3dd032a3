using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace EchoNative.Shared;

/// <summary>
/// CRC-32C of bytes that come piece by piece (RFC 3720, B.4; the processor has an instruction for it). A plain number: it
/// allocates nothing and uses no object, so that a forked child may keep one.
/// </summary>
internal readonly struct Checksum
{
    private Checksum(uint value) => Value = value;

    /// <summary>Of no bytes.</summary>
    public static Checksum Empty => default;

    /// <summary>The number as it is written.</summary>
    public uint Value { get; }

    /// <summary>The checksum that was told as this number.</summary>
    public static Checksum From(uint value) => new(value);

    /// <summary>The checksum of these bytes behind those that it is of already.</summary>
    public Checksum With(ReadOnlySpan<byte> bytes)
    {
        // The register is told inverted, and begins so.
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
