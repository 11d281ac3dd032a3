using System;

namespace EchoNative.Bench;

/// <summary>
/// The bytes that a connection sends, and has to get back. They follow from the connection's number and the
/// offset alone, so nothing that was sent is kept. They repeat after a prime number of bytes, which no
/// buffer has as its length: data that is lost, doubled or out of place does not match by chance.
/// </summary>
internal sealed class Pattern
{
    /// <summary>After so many bytes it begins anew: the largest prime below 64 KiB.</summary>
    public const int Period = 65521;

    // How far one connection is ahead of the one before: a prime as well, so that all differ.
    private const int ConnectionStep = 7919;

    private readonly byte[] _bytes;
    private readonly int _longest;

    /// <summary>Makes the pattern, the same every time.</summary>
    /// <param name="longest">The longest piece that will be asked for, in bytes.</param>
    public Pattern(int longest)
    {
        _longest = longest;
        _bytes = new byte[Period + longest];
        Fill(_bytes.AsSpan(0, Period));

        // The beginning again behind the end, so that a piece can start anywhere.
        for (int index = Period; index < _bytes.Length; index++)
        {
            _bytes[index] = _bytes[index - Period];
        }
    }

    /// <summary>What a connection sends from an offset on.</summary>
    /// <param name="connection">Its number.</param>
    /// <param name="offset">How many bytes it sent before.</param>
    /// <param name="wanted">How many are wanted. No more are returned, and no more than the longest piece.</param>
    public ReadOnlySpan<byte> GetPiece(long connection, long offset, long wanted) =>
        _bytes.AsSpan(Position(connection, offset), (int)Math.Min(wanted, _longest));

    /// <summary>Compares what came back with what was sent.</summary>
    /// <returns>How many bytes are right before the first wrong one: all of them, where none is.</returns>
    public int CountRight(long connection, long offset, ReadOnlySpan<byte> received)
    {
        int right = 0;
        while (right < received.Length)
        {
            ReadOnlySpan<byte> piece = GetPiece(connection, offset + right, received.Length - right);
            ReadOnlySpan<byte> rest = received.Slice(right, piece.Length);
            if (!rest.SequenceEqual(piece))
            {
                return right + rest.CommonPrefixLength(piece);
            }

            right += piece.Length;
        }

        return right;
    }

    private static int Position(long connection, long offset) =>
        (int)(((connection % Period * ConnectionStep) + (offset % Period)) % Period);

    // xorshift32: the quality of the numbers is of no importance, that they look like no text or zeros is.
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
