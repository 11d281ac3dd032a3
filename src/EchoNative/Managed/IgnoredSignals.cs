using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace EchoNative.Managed;

/// <summary>
/// Ignores the signals that would end the program when a write fails. The write returns an error instead: EPIPE for a lost
/// reader, EFBIG for a file that may not grow.
/// </summary>
internal static class IgnoredSignals
{
    // The same numbers on Linux, macOS and the BSDs.
    private const int Pipe = 13;
    private const int FileSizeExceeded = 25;

    private static readonly List<PosixSignalRegistration> s_registrations = [];

    /// <summary>Ignores them until the process ends, since the last line of the log may be written at the very end.</summary>
    public static void Ignore()
    {
        if (!OperatingSystem.IsWindows())
        {
            Ignore(Pipe);
            Ignore(FileSizeExceeded);
        }
    }

    private static void Ignore(int number) =>
        s_registrations.Add(PosixSignalRegistration.Create((PosixSignal)number, context => context.Cancel = true));
}
