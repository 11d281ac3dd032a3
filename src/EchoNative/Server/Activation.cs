using System;
using System.Globalization;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// The listening sockets that systemd, or another program with its protocol, has opened and passed to this process; see
/// sd_listen_fds(3).
/// </summary>
internal static class Activation
{
    private const int FirstDescriptor = 3;

    /// <summary>The number of sockets that were passed. Their descriptors start at 3.</summary>
    /// <exception cref="PosixException">The sockets are for this process, but LISTEN_FDS is not a number.</exception>
    public static int CountSockets()
    {
        // The variables may be inherited from a parent for which they were meant.
        if (!TryGetNumber("LISTEN_PID", out int processId) || processId != CurrentProcess.Id)
        {
            return 0;
        }

        return TryGetNumber("LISTEN_FDS", out int count)
            ? count
            : throw new PosixException(
                $"LISTEN_FDS '{Environment.GetEnvironmentVariable("LISTEN_FDS")}' is not a number from 0 to {int.MaxValue}");
    }

    /// <summary>One of the sockets: its descriptor, which the caller owns, and its name for messages.</summary>
    public static (FileDescriptor Descriptor, string Name) Get(int index)
    {
        FileDescriptor descriptor = new(FirstDescriptor + index);
        string[] names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
        string name = index < names.Length && names[index].Length > 0 ? $" ({names[index]})" : "";

        // Joined, and not formatted: formatting a number rents a buffer from a pool, which makes the runtime open /dev/urandom
        // for good, and every child would inherit that descriptor.
        string number = descriptor.Number.ToString(CultureInfo.InvariantCulture);
        return (descriptor, "descriptor " + number + name + " of LISTEN_FDS");
    }

    private static bool TryGetNumber(string variable, out int number) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
