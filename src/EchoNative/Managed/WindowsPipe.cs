using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace EchoNative.Managed;

/// <summary>
/// A standard stream of Windows that is a pipe. The class library's streams for consoles and files report success when the
/// reader of a pipe is lost. Its stream for pipes reports the error.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class WindowsPipe
{
    private const int StandardInput = -10; // STD_INPUT_HANDLE; standard output and standard error follow downwards

    /// <summary>Opens standard output or standard error for writing. The handle stays open when the stream is closed.</summary>
    /// <param name="number">1 for standard output, 2 for standard error.</param>
    /// <returns>The stream, or null if it is not a pipe.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The handle owns nothing.")]
    public static Stream? TryOpenOutput(int number)
    {
        SafePipeHandle handle = new(GetStdHandle(StandardInput - number), ownsHandle: false);
        try
        {
            return new AnonymousPipeClientStream(PipeDirection.Out, handle);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException)
        {
            return null;
        }
    }

    // The class library has no way to get the handle of a standard stream.
    [DllImport("kernel32.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern nint GetStdHandle(int number);
}
