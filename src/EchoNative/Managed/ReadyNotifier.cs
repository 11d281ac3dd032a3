using System;
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
    private readonly string? _path;
    private readonly int? _descriptor;

    /// <summary>Checks the descriptor of --ready-fd.</summary>
    /// <exception cref="FailedCallException">The descriptor of --ready-fd is not open.</exception>
    public ReadyNotifier(ServerOptions options)
    {
        _path = options.PortFile;
        _descriptor = options.ReadyDescriptor;
        if (_descriptor is int number && !InheritedDescriptor.Exists(number))
        {
            throw new FailedCallException($"--ready-fd {number} is not an open descriptor");
        }
    }

    /// <summary>Writes the ports to the file and to the descriptor of --ready-fd, and closes the descriptor.</summary>
    /// <param name="local">The addresses on which the server listens.</param>
    /// <exception cref="FailedCallException">The file or the descriptor can't be written.</exception>
    public void Notify(IEnumerable<IPEndPoint> local)
    {
        IEnumerable<string> lines = local.Select(address => address.Port.ToString(CultureInfo.InvariantCulture) + "\n");
        byte[] ports = Encoding.ASCII.GetBytes(string.Concat(lines));
        if (_path is not null)
        {
            WriteFile(_path, ports);
        }

        if (_descriptor is int number)
        {
            WriteAndClose(number, ports);
        }
    }

    /// <summary>Removes the file of --port-file, if the option was given. An error is ignored.</summary>
    public void RemoveFile()
    {
        if (_path is not null)
        {
            TryDelete(_path);
        }
    }

    // By rename(2), so that a reader never finds half of the contents.
    private static void WriteFile(string path, byte[] contents)
    {
        string temporary = path + ".tmp";
        string call = "open";
        try
        {
            // A program that was killed may have left one. CreateNew follows no symbolic link.
            TryDelete(temporary);
            using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                call = "write";
                file.Write(contents);
            }

            call = "rename";
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (call != "open")
            {
                TryDelete(temporary);
            }

            throw new FailedCallException(call, exception, path);
        }
    }

    private static void WriteAndClose(int number, byte[] lines)
    {
        using ByteStream descriptor = new(number, FileAccess.Write);
        string? error = descriptor.Write(lines);

        // A reader that has closed its end no longer needs the ports. Any other error means a wrong descriptor.
        if (error is not null && error is not ("Broken pipe" or "Connection reset by peer"))
        {
            throw new FailedCallException($"write() error: {error} (--ready-fd)");
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file does not exist, or can't be removed.
        }
    }
}
