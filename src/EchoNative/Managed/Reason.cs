using System;
using System.IO;
using System.Net.Sockets;

namespace EchoNative.Managed;

/// <summary>
/// Why a call failed, in the words of strerror(3) on every system: whoever reads a log or compares a message finds the
/// same text wherever the program runs.
/// </summary>
internal static class Reason
{
    private const string FileTooLarge = "File too large";

    /// <summary>The reason that an exception of a socket or a stream stands for.</summary>
    public static string Of(Exception exception) => exception switch
    {
        SocketException socket => Of(socket.SocketErrorCode) ?? socket.Message,
        FileNotFoundException or DirectoryNotFoundException => "No such file or directory",
        PathTooLongException => "File name too long",

        // The class library says "access denied" of EACCES, EPERM and EBADF alike; which it was, stands within.
        UnauthorizedAccessException { InnerException: IOException inner } => WithoutPath(inner.Message),
        UnauthorizedAccessException => "Permission denied",

        // This is what it makes of EFBIG.
        ArgumentOutOfRangeException => FileTooLarge,
        IOException { InnerException: SocketException socket } => Of(socket),
        _ => WithoutPath(exception.Message),
    };

    /// <summary>The reason that an error of a socket stands for; null where the system's own text has to do.</summary>
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

    // The class library puts the name of the file behind the system's text; it is told elsewhere.
    private static string WithoutPath(string message)
    {
        int path = message.IndexOf(" : '", StringComparison.Ordinal);
        return path < 0 ? message : message[..path];
    }
}
