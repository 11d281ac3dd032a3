using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace EchoNative.Managed;

/// <summary>
/// Keeps some descriptors free. The runtime needs two for each thread, starts threads at any time, and ends the process if
/// it gets none. So clients have to wait before the last descriptor is taken.
/// </summary>
internal sealed class DescriptorReserve
{
    private const int Reserved = 16;

    // Threads start and end. A shortage is over only when clearly more descriptors are free.
    private const int Sufficient = Reserved + 8;

    private readonly Lock _lock = new();
    private long _limit;
    private long _granted;

    /// <summary>Whether too few descriptors were free, and there are not yet clearly more.</summary>
    public bool IsShort { get; private set; }

    /// <summary>Whether one descriptor may be used for a client.</summary>
    public bool TryTake()
    {
        // On Windows there is no such limit.
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        lock (_lock)
        {
            return TryTakeGranted();
        }
    }

    private bool TryTakeGranted()
    {
        try
        {
            long limit = OperatingSystem.IsLinux() ? ReadLimit() : 0;
            if (_granted == 0 || limit != _limit)
            {
                _limit = limit;
                Count();
            }
        }
        catch (IOException)
        {
            // No descriptor is left to read /proc with.
            _granted = 0;
            IsShort = true;
        }

        if (_granted == 0)
        {
            return false;
        }

        _granted--;
        return true;
    }

    // Counting takes time if many descriptors are open. So half of the free ones are granted at once, and counted again when
    // these are used up. The other half is for what the runtime opens in between.
    private void Count()
    {
        long free = OperatingSystem.IsLinux() ? _limit - CountOpen() : CountByTrying();
        _granted = free < Reserved ? 0 : (free - Reserved + 1) / 2;
        IsShort = IsShort ? free < Sufficient : _granted == 0;
    }

    // Read before each accept, since prlimit(1) may lower the limit at any time. The line is
    // "Max open files            1024                 1048576              files"; see proc_pid_limits(5).
    private static long ReadLimit()
    {
        const string Name = "Max open files";
        string line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        string soft = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : long.MaxValue;
    }

    private static int CountOpen() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    // On systems without /proc. For a moment it may take the last descriptors.
    private static int CountByTrying()
    {
        List<SafeFileHandle> tried = [];
        try
        {
            while (tried.Count < Sufficient)
            {
                tried.Add(File.OpenHandle("/dev/null"));
            }
        }
        catch (IOException)
        {
            // No more descriptors are free.
        }

        int count = tried.Count;
        tried.ForEach(handle => handle.Dispose());
        return count;
    }
}
