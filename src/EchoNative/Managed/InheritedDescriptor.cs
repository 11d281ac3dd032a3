using System;
using System.Globalization;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace EchoNative.Managed;

/// <summary>
/// Whether a descriptor was given to this process by who started it. A number alone does not tell: where one was
/// closed at start, the runtime has opened something of its own under it.
/// </summary>
internal static class InheritedDescriptor
{
    private const int LastStandard = 2;
    private const int CloseOnExec = 0x80000; // O_CLOEXEC, octal 02000000
    private const int NonBlocking = 0x800; // O_NONBLOCK, octal 04000

    private static readonly SafeFileHandle?[] s_reserved = new SafeFileHandle?[LastStandard + 1];

    /// <summary>Whether it was there when the program was started. Where that can't be known, it is assumed.</summary>
    public static bool Exists(int number) =>
        // What came through exec(2) can't have the flag, which the runtime puts on all that it opens.
        !OperatingSystem.IsLinux() || (TryReadFlags(number, out int flags) && (flags & CloseOnExec) == 0);

    /// <summary>Whether somebody has made it non-blocking. Where that can't be known, nobody has.</summary>
    public static bool IsNonBlocking(int number) =>
        OperatingSystem.IsLinux() && TryReadFlags(number, out int flags) && (flags & NonBlocking) != 0;

    /// <summary>
    /// Takes the numbers 0 to 2 where they are free: the next socket would get one, and what is meant for standard
    /// output would be sent to a client.
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

            // For as long as the process lives.
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
            // There is no such descriptor.
        }

        return false;
    }
}
