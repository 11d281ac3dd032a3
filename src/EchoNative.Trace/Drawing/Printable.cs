using System.Text;
using System.Xml;

namespace EchoNative.Trace.Drawing;

/// <summary>
/// Text of a log made fit to be shown. What a log says may come from anybody who sent something to the server. Markup is
/// escaped by those who write markup; here go the characters that no XML and no terminal should get.
/// </summary>
internal static class Printable
{
    private const char Replacement = '\uFFFD';

    /// <summary>Line ends and tabs stay, all other control characters and broken pairs are replaced.</summary>
    public static string Of(string text)
    {
        StringBuilder clean = new(text.Length);
        for (int index = 0; index < text.Length; index++)
        {
            if (index + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[index + 1], text[index]))
            {
                _ = clean.Append(text, index++, 2);
            }
            else
            {
                _ = clean.Append(IsPlain(text[index]) ? text[index] : Replacement);
            }
        }

        return clean.ToString();
    }

    private static bool IsPlain(char letter) =>
        letter is '\n' or '\t' || (XmlConvert.IsXmlChar(letter) && !char.IsControl(letter));
}
