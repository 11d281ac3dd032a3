using System;
using System.IO;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace EchoNative.Managed;

/// <summary>
/// Descriptors that are kept for the runtime. It needs some at moments that nobody chooses, two for a thread and two for
/// an assembly, and where it gets none it ends the process. So clients are taken only while there are more than that.
/// </summary>
internal sealed class SpareDescriptors
{
    private const int Kept = 16;
    private const int LeftFree = 8;
    private const string Anything = "/dev/null";

    private readonly Lock _lock = new();
    private readonly SafeFileHandle?[] _kept = new SafeFileHandle?[Kept + LeftFree];
    private int _count;

    /// <summary>Keeps none yet.</summary>
    public SpareDescriptors()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // What an exception needs, the runtime loads at the first one: now, while there is room.
        try
        {
            File.OpenHandle(Anything + "/none").Dispose();
        }
        catch (IOException)
        {
            // As expected: it is no folder.
        }
    }

    /// <summary>
    /// Whether there is room for another client. Where not, what was kept is free for the runtime, until this is asked
    /// again.
    /// </summary>
    public bool AreEnough()
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        lock (_lock)
        {
            try
            {
                for (; _count < _kept.Length; _count++)
                {
                    _kept[_count] = Open();
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                CloseDownTo(0);
                return false;
            }

            CloseDownTo(Kept);
            return true;
        }
    }

    // Without a lock on it, which others may hold.
    private static SafeFileHandle Open() => File.OpenHandle(Anything, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    private void CloseDownTo(int count)
    {
        while (_count > count)
        {
            _kept[--_count]?.Dispose();
        }
    }
}
