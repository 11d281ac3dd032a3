using System;
using System.IO;
using System.Net.Sockets;

namespace EchoNative.Managed;

/// <summary>
/// Why a call failed, in the words of strerror(3) on Linux. The program writes the same text on every system.
/// </summary>
internal static class Reason
{
    private const string FileTooLarge = "File too large";

    /// <summary>The reason of an exception of a socket or a stream.</summary>
    public static string Of(Exception exception) => exception switch
    {
        SocketException socket => Of(socket.SocketErrorCode) ?? socket.Message,
        FileNotFoundException or DirectoryNotFoundException => "No such file or directory",
        PathTooLongException => "File name too long",

        // The class library throws this for EACCES, EPERM and EBADF. The inner exception has the system's text.
        UnauthorizedAccessException { InnerException: IOException inner } => WithoutPath(inner.Message),
        UnauthorizedAccessException => "Permission denied",

        // The class library throws this for EFBIG.
        ArgumentOutOfRangeException => FileTooLarge,
        IOException { InnerException: SocketException socket } => Of(socket),
        IOException when OfWindows(exception.HResult) is string reason => reason,
        _ => WithoutPath(exception.Message),
    };

    /// <summary>Whether the other side of the connection has closed or reset it.</summary>
    public static bool IsDisconnected(SocketError error) =>
        error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown;

    /// <summary>The reason of an error of a socket; null if there is no text for it here, and the system's own is used.</summary>
    public static string? Of(SocketError error) => error switch
    {
        SocketError.AccessDenied => "Permission denied",
        SocketError.AddressAlreadyInUse => "Address already in use",
        SocketError.AddressFamilyNotSupported => "Address family not supported by protocol",
        SocketError.AddressNotAvailable => "Cannot assign requested address",
        SocketError.ConnectionAborted => "Software caused connection abort",
        SocketError.ConnectionRefused => "Connection refused",
        SocketError.ConnectionReset => "Connection reset by peer",
        SocketError.HostDown => "Host is down",
        SocketError.HostNotFound => "Name or service not known",
        SocketError.HostUnreachable => "No route to host",
        SocketError.InvalidArgument => "Invalid argument",
        SocketError.NetworkDown => "Network is down",
        SocketError.NetworkReset => "Network dropped connection on reset",
        SocketError.NetworkUnreachable => "Network is unreachable",
        SocketError.NoBufferSpaceAvailable => "No buffer space available",
        SocketError.NoData => "No address associated with hostname",
        SocketError.NoRecovery => "Non-recoverable failure in name resolution",
        SocketError.NotConnected => "Transport endpoint is not connected",
        SocketError.OperationNotSupported => "Operation not supported",
        SocketError.Shutdown => "Broken pipe",
        SocketError.TimedOut => "Connection timed out",
        SocketError.TooManyOpenSockets => "Too many open files",
        SocketError.TryAgain => "Temporary failure in name resolution",
        _ => null,
    };

    // The errors of Windows, as the class library reports them in HResult; see winerror.h.
    private static string? OfWindows(int result) => result switch
    {
        unchecked((int)0x8007006d) or unchecked((int)0x800700e8) or unchecked((int)0x800700e9) => "Broken pipe",
        unchecked((int)0x80070070) => "No space left on device",
        _ => null,
    };

    // The class library appends the path to the system's text. The messages of this program name the file elsewhere.
    private static string WithoutPath(string message)
    {
        int path = message.IndexOf(" : '", StringComparison.Ordinal);
        return path < 0 ? message : message[..path];
    }
}
