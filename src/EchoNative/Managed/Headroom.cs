using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace EchoNative.Managed;

/// <summary>
/// Descriptors that are kept free. The runtime needs some for each thread, which it starts when it sees fit, and ends
/// the process where it gets none: so clients have to wait before the last one is taken.
/// </summary>
internal sealed class Headroom
{
    private const int Descriptors = 16;

    private readonly Lock _lock = new();
    private long _highest = -1;
    private bool _isKnown;

    /// <summary>Takes notice of a client, who has a descriptor.</summary>
    public void Note(Socket client)
    {
        lock (_lock)
        {
            // The system gives the lowest number that is free. One that was there before takes no more room than then.
            long number = client.Handle;
            _isKnown &= number <= _highest;
            _highest = Math.Max(_highest, number);
        }
    }

    /// <summary>Looks whether they are free, if that is not known.</summary>
    /// <exception cref="SocketException">They are not: the reason is the one that accept(2) would have for it.</exception>
    public void Check()
    {
        lock (_lock)
        {
            // On Windows there is no such limit.
            _isKnown = _isKnown || OperatingSystem.IsWindows() || IsFree();
            if (!_isKnown)
            {
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            }
        }
    }

    private static bool IsFree()
    {
        List<SafeFileHandle> tried = [];
        try
        {
            while (tried.Count < Descriptors)
            {
                tried.Add(File.OpenHandle("/dev/null"));
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            tried.ForEach(handle => handle.Dispose());
        }
    }
}
