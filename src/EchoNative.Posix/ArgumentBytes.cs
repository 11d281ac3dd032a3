using System;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// The arguments of this process as bytes; see proc_pid_cmdline(5). The runtime's strings have lost what is not UTF-8.
/// </summary>
internal static class ArgumentBytes
{
    private const int FirstBufferLength = 4096;

    /// <summary>The value of an option, which is the next argument or follows an equals sign.</summary>
    /// <param name="option">The option, with its dashes.</param>
    /// <param name="value">The value as the runtime has decoded it.</param>
    /// <param name="bytes">The bytes of the last such value.</param>
    /// <returns>False if there is no such argument, or /proc can't be read.</returns>
    public static bool TryGetOption(string option, string value, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        string assignment = option + "=";
        string previous = "";
        ReadOnlySpan<byte> rest = ReadAll();
        for (int end = rest.IndexOf((byte)0); end >= 0; end = rest.IndexOf((byte)0))
        {
            ReadOnlySpan<byte> argument = rest[..end];
            string text = Encoding.UTF8.GetString(argument);
            if (text == value && previous == option)
            {
                bytes = argument.ToArray();
            }
            else if (text == assignment + value)
            {
                bytes = argument[assignment.Length..].ToArray();
            }

            previous = text;
            rest = rest[(end + 1)..];
        }

        return bytes is not null;
    }

    // Each argument ends in a NUL. Nothing if the file can't be read.
    private static unsafe ReadOnlySpan<byte> ReadAll()
    {
        FileDescriptor file;
        fixed (byte* path = "/proc/self/cmdline\0"u8)
        {
            file = new FileDescriptor(open(path, O_RDONLY | O_CLOEXEC, default));
        }

        byte[] buffer = new byte[FirstBufferLength];
        int length = 0;
        for (int count = 1; file.Number >= 0 && count > 0; length += count)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * length);
            }

            count = file.Read(buffer.AsSpan(length)).Count;
        }

        file.Close();
        return buffer.AsSpan(0, length);
    }
}
