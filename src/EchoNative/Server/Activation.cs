using System;
using System.Globalization;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// The sockets that systemd, or another program with that protocol, has opened before it started this one; see
/// sd_listen_fds(3).
/// </summary>
internal static class Activation
{
    private const int FirstDescriptor = 3;

    /// <summary>How many there are, from descriptor 3 on.</summary>
    /// <exception cref="PosixException">They are meant for this process, but their number is none.</exception>
    public static int CountSockets()
    {
        // The variables may have been left over by a parent to which they were addressed.
        if (!TryGetNumber("LISTEN_PID", out int processId) || processId != CurrentProcess.Id)
        {
            return 0;
        }

        return TryGetNumber("LISTEN_FDS", out int count)
            ? count
            : throw new PosixException($"LISTEN_FDS '{Environment.GetEnvironmentVariable("LISTEN_FDS")}' is not a number");
    }

    /// <summary>One of them, with what it is called in a message.</summary>
    public static (FileDescriptor Descriptor, string Name) Get(int index)
    {
        FileDescriptor descriptor = new(FirstDescriptor + index);
        string[] names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
        string name = index < names.Length && names[index].Length > 0 ? $" ({names[index]})" : "";
        return (descriptor, $"descriptor {descriptor.Number}{name} of LISTEN_FDS");
    }

    private static bool TryGetNumber(string variable, out int number) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
