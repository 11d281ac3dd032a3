using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
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

    // Threads come and go: a shortage is over when there is clearly more.
    private const int Ample = Descriptors + 8;

    private readonly Lock _lock = new();
    private long _limit;
    private long _credit;

    /// <summary>Whether they were not free, and still are hardly so.</summary>
    public bool IsShort { get; private set; }

    /// <summary>Takes one for a client, if as many as are needed are left.</summary>
    public bool TryTakeOne()
    {
        // On Windows there is no such limit.
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        lock (_lock)
        {
            return TryTake();
        }
    }

    private bool TryTake()
    {
        try
        {
            long limit = OperatingSystem.IsLinux() ? ReadLimit() : 0;
            if (_credit == 0 || limit != _limit)
            {
                _limit = limit;
                Look();
            }
        }
        catch (IOException)
        {
            // Not even one is left to look with.
            _credit = 0;
            IsShort = true;
        }

        if (_credit == 0)
        {
            return false;
        }

        _credit--;
        return true;
    }

    // To count takes time where there are many, so that it is done once for half of those that may be taken: what else
    // is opened meanwhile has the other half.
    private void Look()
    {
        long free = OperatingSystem.IsLinux() ? _limit - CountOpen() : CountByTrying();
        _credit = free < Descriptors ? 0 : (free - Descriptors + 1) / 2;
        IsShort = IsShort ? free < Ample : _credit == 0;
    }

    // "Max open files            1024                 1048576              files"; see proc_pid_limits(5).
    private static long ReadLimit()
    {
        const string Name = "Max open files";
        string line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        string soft = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : long.MaxValue;
    }

    private static int CountOpen() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    // For a moment there may be none left.
    private static int CountByTrying()
    {
        List<SafeFileHandle> tried = [];
        try
        {
            while (tried.Count < Ample)
            {
                tried.Add(File.OpenHandle("/dev/null"));
            }
        }
        catch (IOException)
        {
            // These were all.
        }

        int count = tried.Count;
        tried.ForEach(handle => handle.Dispose());
        return count;
    }
}
