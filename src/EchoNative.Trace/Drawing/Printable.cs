using System.Text;
using System.Xml;

namespace EchoNative.Trace.Drawing;

/// <summary>
/// Makes text of a log safe to show. A log holds what clients have sent. The writers of XML and HTML escape markup; this class
/// replaces the characters that are not allowed in XML or that control a terminal.
/// </summary>
internal static class Printable
{
    private const char Replacement = '\uFFFD';

    /// <summary>Keeps line ends and tabs. Replaces all other control characters and single surrogates.</summary>
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
