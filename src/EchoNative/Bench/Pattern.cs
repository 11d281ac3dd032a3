using System;

namespace EchoNative.Bench;

/// <summary>
/// The bytes that a connection sends and must get back. They follow from the connection's number and the offset alone,
/// so nothing that was sent must be kept. They repeat after a prime number of bytes, which is the length of no
/// buffer: data that is lost, doubled or out of place does not match by chance.
/// </summary>
internal sealed class Pattern
{
    /// <summary>The number of bytes after which the pattern repeats: the largest prime below 64 KiB.</summary>
    public const int Period = 65521;

    // The distance in the pattern from one connection to the next. It is a prime too, so all connections differ.
    private const int ConnectionStep = 7919;

    private readonly byte[] _bytes;
    private readonly int _longest;

    /// <summary>Makes the pattern. It has the same bytes each time.</summary>
    /// <param name="longest">The longest piece that will be asked for, in bytes.</param>
    public Pattern(int longest)
    {
        _longest = longest;
        _bytes = new byte[Period + longest];
        Fill(_bytes.AsSpan(0, Period));

        // The beginning is repeated behind the end, so that a piece can start at any offset of the period.
        for (int index = Period; index < _bytes.Length; index++)
        {
            _bytes[index] = _bytes[index - Period];
        }
    }

    /// <summary>Gets the bytes that a connection sends from an offset on.</summary>
    /// <param name="connection">The number of the connection.</param>
    /// <param name="offset">How many bytes it has sent before.</param>
    /// <param name="wanted">The maximum number of bytes to return. At most the longest piece is returned.</param>
    public ReadOnlySpan<byte> GetPiece(long connection, long offset, long wanted) =>
        _bytes.AsSpan(Position(connection, offset), (int)Math.Min(wanted, _longest));

    /// <summary>Compares what came back with what was sent.</summary>
    /// <returns>The number of bytes before the first wrong one; if no byte is wrong, all of them.</returns>
    public int CountMatching(long connection, long offset, ReadOnlySpan<byte> received)
    {
        int same = 0;
        while (same < received.Length)
        {
            ReadOnlySpan<byte> piece = GetPiece(connection, offset + same, received.Length - same);
            ReadOnlySpan<byte> rest = received.Slice(same, piece.Length);
            if (!rest.SequenceEqual(piece))
            {
                return same + rest.CommonPrefixLength(piece);
            }

            same += piece.Length;
        }

        return same;
    }

    private static int Position(long connection, long offset) =>
        (int)(((connection % Period * ConnectionStep) + (offset % Period)) % Period);

    // xorshift32. The bytes need not be good random numbers: they only must not look like text or zeros.
    private static void Fill(Span<byte> bytes)
    {
        uint state = 2463534242;
        for (int index = 0; index < bytes.Length; index++)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            bytes[index] = (byte)state;
        }
    }
}
