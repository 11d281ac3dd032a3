using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace EchoNative.Managed;

/// <summary>
/// Signals that would end the program where a call can tell as well: a reader that has gone is told by EPIPE, a file that
/// may not become longer by EFBIG. Disposing it gives them back.
/// </summary>
internal sealed class IgnoredSignals : IDisposable
{
    // The same numbers on Linux, macOS and the BSDs.
    private const int Pipe = 13;
    private const int FileSizeExceeded = 25;

    private readonly List<PosixSignalRegistration> _registrations = [];

    public IgnoredSignals()
    {
        if (!OperatingSystem.IsWindows())
        {
            Ignore(Pipe);
            Ignore(FileSizeExceeded);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Ignore(int number) =>
        _registrations.Add(PosixSignalRegistration.Create((PosixSignal)number, context => context.Cancel = true));
}
