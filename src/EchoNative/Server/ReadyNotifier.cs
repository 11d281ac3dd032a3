using System;
using System.Globalization;
using System.Text;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// Reports that clients can connect: to scripts by a file or a descriptor, to a service manager by the protocol of
/// sd_notify(3).
/// </summary>
internal sealed class ReadyNotifier
{
    private readonly ServerOptions _options;

    /// <summary>Checks the descriptor of --ready-fd, and opens the socket of the service manager.</summary>
    /// <exception cref="PosixException">The descriptor of --ready-fd is not open.</exception>
    public ReadyNotifier(ServerOptions options)
    {
        _options = options;
        if (DescriptorOf(options) is { IsOpen: false } closed)
        {
            throw new PosixException($"--ready-fd {closed.Number} is not an open descriptor");
        }

        Manager = NotifySocket.TryOpen(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));
    }

    /// <summary>The service manager's socket; null if there is none. The parent owns it, and a child closes its copy.</summary>
    public NotifySocket? Manager { get; }

    /// <summary>The descriptor of --ready-fd; null if the option was not given.</summary>
    public static FileDescriptor? DescriptorOf(ServerOptions options) =>
        options.ReadyDescriptor is int number ? new FileDescriptor(number) : null;

    /// <summary>
    /// Writes the ports to the file and to the descriptor of --ready-fd, and closes the descriptor. Call before the sandbox: no
    /// file can be created after it.
    /// </summary>
    /// <param name="local">The addresses on which the server listens.</param>
    /// <exception cref="PosixException">The file or the descriptor can't be written.</exception>
    public void NotifyScripts(SocketAddress[] local)
    {
        if (_options.PortFile is string path)
        {
            AtomicFile.Write(path, PortsOf(local));
        }

        if (DescriptorOf(_options) is FileDescriptor descriptor)
        {
            WriteAndClose(descriptor, PortsOf(local));
        }
    }

    /// <summary>Removes the file of --port-file, if the option was given.</summary>
    /// <param name="key">The parent's key. In the sandbox no file can be removed without it.</param>
    public void RemoveFile(ParentKey key)
    {
        if (_options.PortFile is string path)
        {
            AtomicFile.Remove(path, key);
        }
    }

    /// <summary>Reports to the service manager that clients can connect.</summary>
    /// <param name="local">The addresses on which the server listens.</param>
    public void NotifyManager(SocketAddress[] local)
    {
        if (Manager is NotifySocket manager)
        {
            string addresses = "";
            foreach (SocketAddress address in local)
            {
                addresses += " " + address.ToString();
            }

            manager.Send(Encoding.ASCII.GetBytes("READY=1\nSTATUS=listening on" + addresses));
        }
    }

    /// <summary>Removes the file, and reports to the service manager that no more clients can connect.</summary>
    /// <param name="active">How many sessions are still open.</param>
    /// <param name="key">The parent's key, for <see cref="RemoveFile"/>.</param>
    public void NotifyStopping(int active, ParentKey key)
    {
        RemoveFile(key);
        Manager?.Send(Encoding.ASCII.GetBytes(
            "STOPPING=1\nSTATUS=stopping, " + active.ToString(CultureInfo.InvariantCulture) + " active"));
    }

    private static byte[] PortsOf(SocketAddress[] local)
    {
        string ports = "";
        foreach (SocketAddress address in local)
        {
            ports += address.Port.ToString(CultureInfo.InvariantCulture) + "\n";
        }

        return Encoding.ASCII.GetBytes(ports);
    }

    private static void WriteAndClose(FileDescriptor descriptor, byte[] lines)
    {
        IoResult written = descriptor.WriteAll(lines);
        descriptor.Close();

        // A reader that has closed its end no longer needs the ports. Any other error means a wrong descriptor.
        if (written.Failed && !written.Error.IsDisconnected)
        {
            throw new PosixException("write", written.Error.ToString(), "--ready-fd");
        }
    }
}
