using System.Text;

namespace EchoNative.Posix;

/// <summary>Strings as C has them: the bytes, then a NUL.</summary>
internal static class NullTerminated
{
    /// <summary>
    /// The text in UTF-8 with a NUL behind it. A text with a NUL inside would be cut there by C and mean
    /// something else; it becomes one that no address, name or path can be.
    /// </summary>
    internal static byte[] From(string text) =>
        Encoding.UTF8.GetBytes((text.Contains('\0', System.StringComparison.Ordinal) ? "\u007f" : text) + '\0');
}
