using System;
using System.Diagnostics.CodeAnalysis;

namespace EchoNative.Posix;

/// <summary>The name of a file: bytes for the kernel, which need not be UTF-8, and text for messages.</summary>
public readonly struct FilePath
{
    private FilePath(string text, byte[] name)
    {
        Text = text;
        Name = name;
    }

    /// <summary>The name as text. U+FFFD stands for bytes that are not UTF-8.</summary>
    public string Text { get; }

    /// <summary>The bytes, with a NUL at the end.</summary>
    internal byte[] Name { get; }

    /// <summary>A name that is text.</summary>
    public static FilePath From(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new FilePath(text, CString.From(text));
    }

    /// <summary>A name that this process got as the value of an option, with the bytes that were given.</summary>
    /// <param name="option">The option, with its dashes.</param>
    /// <param name="value">Its value as .NET has decoded it.</param>
    /// <param name="path">The name.</param>
    /// <returns>False if the value is not UTF-8 and its bytes can't be read.</returns>
    public static bool TryFromOption(string option, string value, [NotNullWhen(true)] out FilePath? path)
    {
        ArgumentNullException.ThrowIfNull(value);
        path = value.Contains('\uFFFD', StringComparison.Ordinal)
            ? ArgumentBytes.TryGetOption(option, value, out byte[]? bytes) ? new FilePath(value, [.. bytes, 0]) : null
            : From(value);
        return path is not null;
    }
}
