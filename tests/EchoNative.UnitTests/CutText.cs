using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace EchoNative.UnitTests;

/// <summary>Bytes, divided into the pieces that reads could return. No piece is empty: that would be the end of file.</summary>
public sealed class CutText(IReadOnlyList<byte[]> chunks)
{
    public IReadOnlyList<byte[]> Chunks { get; } = [.. chunks.Where(chunk => chunk.Length > 0)];

    /// <summary>The bytes without the cuts.</summary>
    public byte[] Join() => [.. Chunks.SelectMany(chunk => chunk)];

    /// <summary>All texts over an alphabet, from the empty one on.</summary>
    public static IEnumerable<byte[]> AllTexts(byte[] alphabet, int longest)
    {
        IEnumerable<byte[]> texts = [[]];
        foreach (int _ in Enumerable.Range(0, longest + 1))
        {
            List<byte[]> current = [.. texts];
            foreach (byte[] text in current)
            {
                yield return text;
            }

            texts = current.SelectMany(text => alphabet.Select(letter => (byte[])[.. text, letter]));
        }
    }

    /// <summary>The text in all the pieces into which it can be cut.</summary>
    public static IEnumerable<CutText> AllCuts(byte[] text)
    {
        int places = Math.Max(0, text.Length - 1);
        for (int cuts = 0; cuts < 1 << places; cuts++)
        {
            List<byte[]> chunks = [];
            int start = 0;
            for (int place = 0; place < places; place++)
            {
                if ((cuts >> place & 1) != 0)
                {
                    chunks.Add(text[start..(place + 1)]);
                    start = place + 1;
                }
            }

            chunks.Add(text[start..]);
            yield return new CutText(chunks);
        }
    }

    public override string ToString() =>
        string.Join(" | ", Chunks.Select(chunk => string.Concat(Encoding.Latin1.GetString(chunk).Select(Show))));

    private static string Show(char letter) => letter switch
    {
        '\n' => "\\n",
        < ' ' or > '~' => $"\\x{(int)letter:x2}",
        _ => letter.ToString(),
    };

    /// <summary>Makes texts with many line ends and quit lines, and a few other bytes.</summary>
    public static class Generator
    {
        private static readonly Gen<byte> s_byte = Gen.Frequency(
            (4, Gen.Elements((byte)'q', (byte)'Q')),
            (4, Gen.Constant((byte)'\n')),
            (2, Gen.Constant((byte)'\r')),
            (1, Gen.Elements((byte)0, (byte)0x7f, (byte)0x80, (byte)0xff, (byte)'x')),
            (1, Gen.Choose(byte.MinValue, byte.MaxValue).Select(value => (byte)value)));

        public static Arbitrary<CutText> CutTexts() =>
            Arb.From(s_byte.ArrayOf().ListOf().Select(chunks => new CutText([.. chunks])), Shrink);

        // Leaves out one piece, or one byte of a piece.
        private static IEnumerable<CutText> Shrink(CutText text)
        {
            for (int chunk = 0; chunk < text.Chunks.Count; chunk++)
            {
                List<byte[]> rest = [.. text.Chunks];
                rest.RemoveAt(chunk);
                yield return new CutText(rest);
                for (int place = 0; place < text.Chunks[chunk].Length; place++)
                {
                    List<byte> bytes = [.. text.Chunks[chunk]];
                    bytes.RemoveAt(place);
                    List<byte[]> shorter = [.. text.Chunks];
                    shorter[chunk] = [.. bytes];
                    yield return new CutText(shorter);
                }
            }
        }
    }
}
