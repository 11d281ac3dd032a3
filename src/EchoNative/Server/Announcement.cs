using System;
using System.Globalization;
using System.Text;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// Tells those who wait for it that clients can connect: scripts by a file or a descriptor, a service manager by the
/// protocol of sd_notify(3).
/// </summary>
internal sealed class Announcement
{
    private readonly ServerOptions _options;

    /// <summary>Prepares it: what is asked for must be there.</summary>
    /// <exception cref="PosixException">The descriptor of --ready-fd is none.</exception>
    public Announcement(ServerOptions options)
    {
        _options = options;
        if (DescriptorOf(options) is { IsOpen: false } closed)
        {
            throw new PosixException($"--ready-fd {closed.Number} is not an open descriptor");
        }

        Manager = NotifySocket.TryOpen(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));
    }

    /// <summary>The way to the service manager, if there is one that wants to be told. A child has no use for it.</summary>
    public NotifySocket? Manager { get; }

    /// <summary>The descriptor that was passed to be told.</summary>
    public static FileDescriptor? DescriptorOf(ServerOptions options) =>
        options.ReadyDescriptor is int number ? new FileDescriptor(number) : null;

    /// <summary>
    /// Clients can connect: tells scripts, which is to be done as long as files can be made and failures can be told.
    /// </summary>
    /// <param name="local">The addresses on which it listens.</param>
    /// <exception cref="PosixException">The file or the descriptor can't be written.</exception>
    public void TellScripts(SocketAddress[] local)
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

    /// <summary>Removes the file again, if there is one.</summary>
    /// <param name="key">What entitles this process to do so.</param>
    public void RemoveFile(ParentKey key)
    {
        if (_options.PortFile is string path)
        {
            AtomicFile.Remove(path, key);
        }
    }

    /// <summary>Clients can connect: tells the service manager.</summary>
    /// <param name="local">The addresses on which it listens.</param>
    public void TellManager(SocketAddress[] local)
    {
        if (Manager is NotifySocket manager)
        {
            string addresses = "";
            foreach (SocketAddress address in local)
            {
                addresses += " " + address.ToString();
            }

            manager.Tell(Encoding.ASCII.GetBytes("READY=1\nSTATUS=listening on" + addresses));
        }
    }

    /// <summary>No more clients can.</summary>
    /// <param name="active">How many sessions are under way.</param>
    /// <param name="key">What entitles this process to remove the file.</param>
    public void Stopping(int active, ParentKey key)
    {
        RemoveFile(key);
        Manager?.Tell(Encoding.ASCII.GetBytes(
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

        // Whoever waited and has gone does not matter; a descriptor that can't be written to is a mistake.
        if (written.Failed && !written.Error.IsDisconnected)
        {
            throw new PosixException("write", written.Error.ToString(), "--ready-fd");
        }
    }
}
