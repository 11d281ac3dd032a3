using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace EchoNative.Managed;

/// <summary>
/// Signals that would end the program where a call can tell as well: a reader that has gone is told by EPIPE, a file that
/// may not become longer by EFBIG.
/// </summary>
internal static class IgnoredSignals
{
    // The same numbers on Linux, macOS and the BSDs.
    private const int Pipe = 13;
    private const int FileSizeExceeded = 25;

    private static readonly List<PosixSignalRegistration> s_registrations = [];

    /// <summary>Ignores them for as long as the process lives: a last line may be written when all else is over.</summary>
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
