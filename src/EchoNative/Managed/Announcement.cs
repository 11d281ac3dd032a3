using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using EchoNative.Options;

namespace EchoNative.Managed;

/// <summary>Tells scripts that clients can connect, by a file or a descriptor.</summary>
internal sealed class Announcement
{
    private readonly string? _path;
    private readonly int? _descriptor;

    /// <summary>Prepares it: what is asked for must be there.</summary>
    /// <exception cref="FailedCallException">The descriptor of --ready-fd is none.</exception>
    public Announcement(ServerOptions options)
    {
        _path = options.PortFile;
        _descriptor = options.ReadyDescriptor;
        if (_descriptor is int number && !InheritedDescriptor.Exists(number))
        {
            throw new FailedCallException($"--ready-fd {number} is not an open descriptor");
        }
    }

    /// <summary>Clients can connect.</summary>
    /// <param name="local">The addresses on which it listens.</param>
    /// <exception cref="FailedCallException">The file or the descriptor can't be written.</exception>
    public void Tell(IEnumerable<IPEndPoint> local)
    {
        byte[] ports = Encoding.ASCII.GetBytes(string.Concat(local.Select(address => address.Port.ToString(CultureInfo.InvariantCulture) + "\n")));
        if (_path is not null)
        {
            WriteFile(_path, ports);
        }

        if (_descriptor is int number)
        {
            WriteAndClose(number, ports);
        }
    }

    /// <summary>No more clients can: removes the file. If that can't be, there is nobody who needs to know.</summary>
    public void Withdraw()
    {
        if (_path is not null)
        {
            TryDelete(_path);
        }
    }

    // It is there as a whole or not at all.
    private static void WriteFile(string path, byte[] contents)
    {
        string temporary = path + ".tmp";
        string call = "open";
        try
        {
            // One that was left by a program that was killed; a new file follows no link that somebody put there.
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

        // Whoever waited and has gone does not matter; a descriptor that can't be written to is a mistake.
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
            // What is not there, or can't be removed, is as it was.
        }
    }
}
