using System;
using System.Globalization;

namespace EchoNative.Testing;

/// <summary>CRC-32C computed bit by bit, as RFC 3720 defines it. The faster code is compared with it.</summary>
public static class Crc32C
{
    private const uint ReversedPolynomial = 0x82f63b78;
    private const int BitsPerByte = 8;

    /// <summary>The checksum of these bytes, as eight hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        uint register = uint.MaxValue;
        foreach (byte value in bytes)
        {
            register ^= value;
            for (int bit = 0; bit < BitsPerByte; bit++)
            {
                register = (register >> 1) ^ ((register & 1) * ReversedPolynomial);
            }
        }

        return (~register).ToString("x8", CultureInfo.InvariantCulture);
    }
}
