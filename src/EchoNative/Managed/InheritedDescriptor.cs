using System;
using System.Globalization;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace EchoNative.Managed;

/// <summary>
/// Descriptors that this process got from the program that started it. An open number alone does not prove that: if it was
/// closed at the start, the runtime may have opened something of its own under it.
/// </summary>
internal static class InheritedDescriptor
{
    private const int LastStandard = 2;
    private const int AccessMode = 3; // O_ACCMODE
    private const int ReadOnly = 0; // O_RDONLY
    private const int CloseOnExec = 0x80000; // O_CLOEXEC, octal 02000000
    private const int NonBlocking = 0x800; // O_NONBLOCK, octal 04000

    private static readonly SafeFileHandle?[] s_reserved = new SafeFileHandle?[LastStandard + 1];

    /// <summary>Whether the descriptor was open when the program was started. Always true on systems other than Linux.</summary>
    public static bool Exists(int number) =>
        // The runtime sets the flag on each descriptor that it opens. A descriptor that was kept by execve(2) can't have it.
        !OperatingSystem.IsLinux() || (TryReadFlags(number, out int flags) && (flags & CloseOnExec) == 0);

    /// <summary>Whether the descriptor was opened for writing. Always true on systems other than Linux.</summary>
    public static bool IsWritable(int number) =>
        !OperatingSystem.IsLinux() || (TryReadFlags(number, out int flags) && (flags & AccessMode) != ReadOnly);

    /// <summary>Whether the descriptor is non-blocking. Always false on systems other than Linux.</summary>
    public static bool IsNonBlocking(int number) =>
        OperatingSystem.IsLinux() && TryReadFlags(number, out int flags) && (flags & NonBlocking) != 0;

    /// <summary>
    /// Opens /dev/null under those of the numbers 0 to 2 that are free. Otherwise a socket would get such a number, and
    /// standard output would be sent to a client.
    /// </summary>
    public static void ReserveStandard()
    {
        while (!OperatingSystem.IsWindows())
        {
            SafeFileHandle handle = File.OpenHandle("/dev/null");
            int number = (int)handle.DangerousGetHandle();
            if (number > LastStandard)
            {
                handle.Dispose();
                break;
            }

            // Kept open until the process ends.
            s_reserved[number] = handle;
        }
    }

    // "flags:	0100001", in octal; see proc_pid_fdinfo(5).
    private static bool TryReadFlags(int number, out int flags)
    {
        flags = 0;
        try
        {
            foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{number}")))
            {
                if (line.StartsWith("flags:", StringComparison.Ordinal))
                {
                    flags = Convert.ToInt32(line["flags:".Length..].Trim(), 8);
                    return true;
                }
            }
        }
        catch (IOException)
        {
            // The descriptor is not open.
        }

        return false;
    }
}
