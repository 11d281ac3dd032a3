using System;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>The wanted family of addresses; see address_families(7).</summary>
public enum IpFamily
{
    /// <summary>Both families.</summary>
    Any,

    /// <summary>IPv4 only; see ip(7).</summary>
    Ipv4,

    /// <summary>IPv6 only; see ipv6(7).</summary>
    Ipv6,
}

/// <summary>An IPv4 or IPv6 address with a port, laid out as C's struct sockaddr; see ip(7) and ipv6(7).</summary>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct SocketAddress
{
    /// <summary>The length in bytes of the longest text: <c>[address%scope]:port</c>.</summary>
    public const int MaxTextLength = 80;

    private const int Ipv4Length = 16;
    private const int Ipv6Length = 28;
    private const byte LoopbackNetwork = 127;

    [FieldOffset(0)]
    private sockaddr _header;

    [FieldOffset(0)]
    private sockaddr_in _ipv4;

    [FieldOffset(0)]
    private sockaddr_in6 _ipv6;

    /// <summary>The port, in host byte order.</summary>
    public readonly int Port => BinaryPrimitives.ReverseEndianness(_ipv4.sin_port);

    /// <summary>The address without the port, in network byte order: 4 bytes for IPv4, 16 bytes for IPv6.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Host =>
        IsIpv6 ? Ipv6Bytes : MemoryMarshal.AsBytes(new ReadOnlySpan<in_addr>(in _ipv4.sin_addr));

    /// <summary>The number of the interface to which a link-local IPv6 address belongs; 0 for other addresses.</summary>
    public readonly uint Scope => IsIpv6 ? _ipv6.sin6_scope_id : 0;

    /// <summary>Whether it is <c>::</c>, all addresses of this machine in both families.</summary>
    public readonly bool IsIpv6Any => IsIpv6 && Ipv6Bytes.IndexOfAnyExcept((byte)0) < 0;

    /// <summary>Whether it is in 127.0.0.0/8, the loopback network.</summary>
    public readonly bool IsIpv4Loopback =>
        Family == LibC.AF_INET && MemoryMarshal.AsBytes(new ReadOnlySpan<in_addr>(in _ipv4.sin_addr))[0] == LoopbackNetwork;

    /// <summary>Whether it is in 127.0.0.0/8, or <c>::1</c>.</summary>
    public readonly bool IsLoopback =>
        IsIpv4Loopback || (IsIpv6 && Ipv6Bytes[..^1].IndexOfAnyExcept((byte)0) < 0 && Ipv6Bytes[^1] == 1);

    /// <summary>Whether it is an IPv4 address, perhaps mapped into IPv6 (<c>::ffff:127.0.0.1</c>).</summary>
    public readonly bool IsIpv4 => !IsIpv6 || IsIpv4Mapped;

    // How a socket that serves both families shows an IPv4 peer: ::ffff:127.0.0.1; see RFC 4291, 2.5.5.2.
    internal readonly bool IsIpv4Mapped =>
        IsIpv6 && Ipv6Bytes[..10].IndexOfAnyExcept((byte)0) < 0 && Ipv6Bytes[10] == 0xff && Ipv6Bytes[11] == 0xff;

    internal readonly bool IsIpv6 => Family == LibC.AF_INET6;

    internal readonly int Family => _header.sa_family;

    internal readonly uint Length => IsIpv6 ? Ipv6Length : (uint)Ipv4Length;

    [UnscopedRef]
    private readonly ReadOnlySpan<byte> Ipv6Bytes =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<in6_addr>(in _ipv6.sin6_addr));

    /// <summary>
    /// Parses a literal: four decimal numbers, or the forms of RFC 4291 with an optional <c>%</c> and the name or the number of
    /// an interface.
    /// </summary>
    /// <param name="text">The address without the port.</param>
    /// <param name="port">0 to 65535.</param>
    /// <param name="address">The address, if the text is a literal.</param>
    /// <returns>Whether the text is a literal. Names are not looked up.</returns>
    public static bool TryParse(string text, int port, out SocketAddress address)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = default;
        return TryParseIpv4(text, port, ref address) || TryParseIpv6(text, port, ref address);
    }

    /// <summary>Makes an address of its bytes.</summary>
    /// <param name="host">The address in network byte order: 4 bytes for IPv4, 16 bytes for IPv6.</param>
    /// <param name="port">0 to 65535.</param>
    public static SocketAddress From(ReadOnlySpan<byte> host, int port)
    {
        SocketAddress address = default;
        if (host.Length == sizeof(in_addr))
        {
            in_addr ipv4 = MemoryMarshal.Read<in_addr>(host);
            address._ipv4 = new() { sin_family = LibC.AF_INET, sin_port = NetworkOrder(port), sin_addr = ipv4 };
        }
        else
        {
            in6_addr ipv6 = MemoryMarshal.Read<in6_addr>(host);
            address._ipv6 = new() { sin6_family = LibC.AF_INET6, sin6_port = NetworkOrder(port), sin6_addr = ipv6 };
        }

        return address;
    }

    /// <summary>The same address with another port.</summary>
    public readonly SocketAddress WithPort(int port)
    {
        SocketAddress other = this;
        other._ipv4.sin_port = NetworkOrder(port); // sin6_port has the same offset
        return other;
    }

    /// <summary>Whether family, address, interface and port are the same.</summary>
    public readonly bool IsSameAs(SocketAddress other) =>
        Family == other.Family && Port == other.Port && Scope == other.Scope && Host.SequenceEqual(other.Host);

    /// <summary>Writes it as <c>127.0.0.1:9190</c> or <c>[::1]:9190</c>, in ASCII.</summary>
    /// <param name="destination">At least <see cref="MaxTextLength"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public readonly int Format(Span<byte> destination)
    {
        int length = 0;
        bool bracketed = IsIpv6 && !IsIpv4Mapped;
        if (bracketed)
        {
            destination[length++] = (byte)'[';
        }

        length += FormatHost(destination[length..]);
        if (bracketed)
        {
            uint scope = _ipv6.sin6_scope_id;
            if (scope != 0)
            {
                destination[length++] = (byte)'%';
                length += FormatNumber((int)scope, destination[length..]);
            }

            destination[length++] = (byte)']';
        }

        destination[length++] = (byte)':';
        return length + FormatNumber(Port, destination[length..]);
    }

    /// <summary>The text that <see cref="Format"/> writes.</summary>
    public override readonly string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextLength];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }

    internal static SocketAddress From(sockaddr* address, uint length)
    {
        SocketAddress result = default;
        int copied = (int)Math.Min(length, Ipv6Length);
        new ReadOnlySpan<byte>(address, copied).CopyTo(new Span<byte>(&result, Ipv6Length));
        return result;
    }

    private static bool TryParseIpv4(string text, int port, ref SocketAddress address)
    {
        in_addr host;
        if (!TryParse(LibC.AF_INET, text, &host))
        {
            return false;
        }

        address._ipv4 = new() { sin_family = LibC.AF_INET, sin_port = NetworkOrder(port), sin_addr = host };
        return true;
    }

    private static bool TryParseIpv6(string text, int port, ref SocketAddress address)
    {
        uint scope = 0;
        int percent = text.IndexOf('%', StringComparison.Ordinal);
        if (percent >= 0 && !TryParseScope(text[(percent + 1)..], out scope))
        {
            return false;
        }

        in6_addr host;
        if (!TryParse(LibC.AF_INET6, percent >= 0 ? text[..percent] : text, &host))
        {
            return false;
        }

        address._ipv6 = new()
        {
            sin6_family = LibC.AF_INET6,
            sin6_port = NetworkOrder(port),
            sin6_addr = host,
            sin6_scope_id = scope,
        };
        return true;
    }

    private static bool TryParse(int family, string text, void* host)
    {
        fixed (byte* start = CString.From(text))
        {
            return Libc.inet_pton(family, start, host) == 1;
        }
    }

    // The text of an address has the number. So a number is never taken for the name of an interface.
    private static bool TryParseScope(string text, out uint scope)
    {
        bool isNumber = text.Length > 0 && text[0] != '0' && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
        if (isNumber && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            scope = (uint)number;
            return true;
        }

        fixed (byte* start = CString.From(text))
        {
            scope = Libc.if_nametoindex(start);
        }

        return scope != 0;
    }

    private static ushort NetworkOrder(int port) => BinaryPrimitives.ReverseEndianness((ushort)port);

    private static int FormatNumber(int number, Span<byte> destination)
    {
        bool fits = Utf8Formatter.TryFormat(number, destination, out int written);
        Debug.Assert(fits, "the buffer is sized for the longest address");
        return written;
    }

    private readonly int FormatHost(Span<byte> destination)
    {
        const int Ipv4InMapped = 12;
        fixed (byte* text = destination)
        fixed (SocketAddress* self = &this)
        {
            byte* ipv6 = (byte*)&self->_ipv6.sin6_addr;
            byte* end = IsIpv4Mapped
                ? Libc.inet_ntop(LibC.AF_INET, ipv6 + Ipv4InMapped, text, (uint)destination.Length)
                : Libc.inet_ntop(Family, IsIpv6 ? ipv6 : &self->_ipv4.sin_addr, text, (uint)destination.Length);
            return end is null ? 0 : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).Length;
        }
    }
}
