using System;
using System.Buffers.Binary;

namespace EchoNative.Shared;

/// <summary>Reads addresses in ASCII as inet_pton(3) does. It uses no heap, so that a forked child can call it.</summary>
internal static class AddressText
{
    private const int Ipv4Parts = 4;
    private const int HighestByte = 255;
    private const int GroupLength = 2; // bytes
    private const int MostGroupDigits = 4;

    /// <summary>Reads a decimal number without sign and leading zeros.</summary>
    /// <param name="text">All of it must be the number.</param>
    /// <param name="highest">The highest number that is allowed.</param>
    /// <param name="number">The number.</param>
    public static bool TryReadNumber(ReadOnlySpan<byte> text, int highest, out int number)
    {
        number = 0;
        if (text.IsEmpty || (text[0] == '0' && text.Length > 1))
        {
            return false;
        }

        foreach (byte digit in text)
        {
            number = (number * 10) + digit - '0';
            if (!char.IsAsciiDigit((char)digit) || number > highest)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads four decimal numbers with dots between them.</summary>
    /// <param name="text">All of it must be the address.</param>
    /// <param name="host">Gets the 4 bytes.</param>
    public static bool TryReadIpv4(ReadOnlySpan<byte> text, Span<byte> host)
    {
        for (int part = 0; part < Ipv4Parts; part++)
        {
            int dot = text.IndexOf((byte)'.');
            bool isLast = part == Ipv4Parts - 1;
            if (isLast != (dot < 0) || !TryReadNumber(isLast ? text : text[..dot], HighestByte, out int number))
            {
                return false;
            }

            host[part] = (byte)number;
            text = text[(dot + 1)..];
        }

        return true;
    }

    /// <summary>Reads the forms of RFC 4291, section 2.2, without an interface.</summary>
    /// <param name="text">All of it must be the address.</param>
    /// <param name="host">Gets the 16 bytes.</param>
    public static bool TryReadIpv6(ReadOnlySpan<byte> text, Span<byte> host)
    {
        int gap = -1; // where the zeros of a double colon go
        int length = 0;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            text = text[2..];
        }
        else if (text.IsEmpty)
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            int colon = text.IndexOf((byte)':');
            ReadOnlySpan<byte> part = colon < 0 ? text : text[..colon];
            if (!TryReadPart(part, isLast: colon < 0, host[length..], out int taken))
            {
                return false;
            }

            length += taken;
            text = colon < 0 ? default : text[(colon + 1)..];
            if (colon >= 0 && !TryTakeGap(ref text, length, ref gap))
            {
                return false;
            }
        }

        if (gap < 0 || length == host.Length)
        {
            return gap < 0 && length == host.Length;
        }

        int moved = length - gap;
        host[gap..length].CopyTo(host[^moved..]);
        host[gap..^moved].Clear();
        return true;
    }

    // Behind a colon comes a second one, once in an address, or the next part.
    private static bool TryTakeGap(ref ReadOnlySpan<byte> text, int length, ref int gap)
    {
        if (text.IsEmpty)
        {
            return false;
        }

        if (text[0] != ':')
        {
            return true;
        }

        bool isFirst = gap < 0;
        gap = length;
        text = text[1..];
        return isFirst;
    }

    // Four hexadecimal digits, or an IPv4 address at the end.
    private static bool TryReadPart(ReadOnlySpan<byte> text, bool isLast, Span<byte> host, out int length)
    {
        if (isLast && text.Contains((byte)'.'))
        {
            length = Ipv4Parts;
            return host.Length >= Ipv4Parts && TryReadIpv4(text, host);
        }

        length = GroupLength;
        if (text.IsEmpty || text.Length > MostGroupDigits || host.Length < GroupLength)
        {
            return false;
        }

        int group = 0;
        foreach (byte digit in text)
        {
            int value = HexOf(digit);
            if (value < 0)
            {
                return false;
            }

            group = (group << 4) | value;
        }

        BinaryPrimitives.WriteUInt16BigEndian(host, (ushort)group);
        return true;
    }

    private static int HexOf(byte digit)
    {
        const int LetterValue = 10;
        int lower = digit | 0x20;
        return char.IsAsciiDigit((char)digit) ? digit - '0' : lower is >= 'a' and <= 'f' ? lower - 'a' + LetterValue : -1;
    }
}
