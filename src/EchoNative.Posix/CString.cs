using System;
using System.Text;

namespace EchoNative.Posix;

/// <summary>Strings as C functions take them: bytes that end in a NUL.</summary>
internal static class CString
{
    /// <summary>
    /// The text in UTF-8 with a NUL at the end. C would cut a text with a NUL inside, and the rest could be a different
    /// address, name or path. Such a text becomes U+007F, which is none of these, so the call that gets it fails.
    /// </summary>
    internal static byte[] From(string text) =>
        Encoding.UTF8.GetBytes((text.Contains('\0', StringComparison.Ordinal) ? "\u007f" : text) + '\0');
}
