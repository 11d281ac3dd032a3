using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using EchoNative.Options;

namespace EchoNative.Managed;

/// <summary>Reports to scripts that clients can connect, by a file or a descriptor.</summary>
internal sealed class ReadyNotifier
{
    private readonly PortFile? _file;
    private readonly int? _descriptor;

    /// <summary>Checks the descriptor of --ready-fd and the name of --port-file.</summary>
    /// <exception cref="FailedCallException">The descriptor of --ready-fd is not open.</exception>
    /// <exception cref="UsageException">The name can't be used.</exception>
    public ReadyNotifier(ServerOptions options)
    {
        _file = options.PortFile is string path ? new PortFile(path) : null;
        _descriptor = options.ReadyDescriptor;
        if (_descriptor is int number && !InheritedDescriptor.Exists(number))
        {
            throw new FailedCallException($"--ready-fd {number} is not an open descriptor");
        }

        // The port file may replace that of a server that runs, so nothing else should fail afterwards.
        if (_descriptor is int wanted && !InheritedDescriptor.IsWritable(wanted))
        {
            throw new FailedCallException("write() error: Bad file descriptor (--ready-fd)");
        }
    }

    /// <summary>Writes the ports to the file and to the descriptor of --ready-fd, and closes the descriptor.</summary>
    /// <param name="local">The addresses on which the server listens.</param>
    /// <exception cref="FailedCallException">The file or the descriptor can't be written.</exception>
    public void Notify(IEnumerable<IPEndPoint> local)
    {
        IEnumerable<string> lines = local.Select(address => address.Port.ToString(CultureInfo.InvariantCulture) + "\n");
        byte[] ports = Encoding.ASCII.GetBytes(string.Concat(lines));
        _file?.Write(ports);
        if (_descriptor is int number)
        {
            PortFile.WriteInBackground(() => WriteAndClose(number, ports), "--ready-fd");
        }
    }

    /// <summary>Removes the file that was made for --port-file.</summary>
    public void RemoveFile() => _file?.Remove();

    private static string? WriteAndClose(int number, byte[] lines)
    {
        using ByteStream descriptor = new(number, FileAccess.Write);
        return descriptor.Write(lines);
    }
}
