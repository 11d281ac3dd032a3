using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Runtime.Versioning;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace EchoNative.Managed;

/// <summary>
/// Reads and writes a descriptor that this process got at its start. The bytes pass unchanged, and each call is one system
/// call. The console classes of the class library report success when the reader is lost, and change the terminal's settings;
/// this class does neither. On Windows, which has no descriptors, it uses the console classes, except for a pipe that it writes
/// to.
/// </summary>
internal sealed class ByteStream : IDisposable
{
    /// <summary>The error of a descriptor that was closed at the start.</summary>
    private const string BadDescriptor = "Bad file descriptor";

    private const int MillisecondsBetweenTries = 10;
    private const int AtomicPipeLength = 4096; // PIPE_BUF on Linux; see pipe(7)

    // Two descriptors may be open on the same file. The lock lets each write begin where the previous one has ended.
    private static readonly Lock s_fileOffset = new();

    private readonly int _number;
    private readonly FileAccess _access;
    private readonly bool _exists;
    private readonly bool _isNonBlocking;
    private readonly SafeFileHandle _handle;

    // Set if the descriptor has no file offset: a pipe, a terminal, a socket. On Windows it is always set.
    private readonly Stream? _stream;

    /// <summary>Takes a descriptor, which the object owns from now on.</summary>
    /// <param name="number">The descriptor.</param>
    /// <param name="access">Whether it is read or written.</param>
    public ByteStream(int number, FileAccess access)
        : this(number, access, windows: null, ownsHandle: true)
    {
    }

    private ByteStream(int number, FileAccess access, Stream? windows, bool ownsHandle)
    {
        _number = number;
        _access = access;
        _stream = windows;
        _handle = new SafeFileHandle(number, ownsHandle);
        _isNonBlocking = InheritedDescriptor.IsNonBlocking(number);
        _exists = windows is not null || (InheritedDescriptor.Exists(number) && TryOpen(out _stream));
    }

    /// <summary>Standard input.</summary>
    public static ByteStream Input { get; } = Standard(0, FileAccess.Read, Console.OpenStandardInput);

    /// <summary>Standard output.</summary>
    public static ByteStream Output { get; } = Standard(1, FileAccess.Write, Console.OpenStandardOutput);

    /// <summary>Standard error.</summary>
    public static ByteStream Error { get; } = Standard(2, FileAccess.Write, Console.OpenStandardError);

    /// <summary>Reads at least one byte, and waits until there is one.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="error">Why the read failed, or null.</param>
    /// <returns>How many bytes were read; 0 for the end of file.</returns>
    public int Read(Span<byte> buffer, out string? error)
    {
        error = null;
        while (true)
        {
            try
            {
                return _exists ? ReadOnce(buffer) : throw new IOException(BadDescriptor);
            }
            catch (Exception exception) when (IsFailure(exception))
            {
                if (!WouldBlock(exception))
                {
                    error = Reason.Of(exception);
                    return 0;
                }
            }

            // Another program has made the open file non-blocking, for all processes that share it.
            Thread.Sleep(MillisecondsBetweenTries);
        }
    }

    /// <summary>Writes all of the bytes, and waits until there is room for them.</summary>
    /// <returns>Why the write failed, or null.</returns>
    public string? Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            // If a non-blocking write is cut short, the class library does not tell how much was written. A pipe takes up to
            // PIPE_BUF bytes completely or not at all.
            int length = _isNonBlocking ? Math.Min(bytes.Length, AtomicPipeLength) : bytes.Length;
            try
            {
                if (!_exists)
                {
                    return BadDescriptor;
                }

                WriteOnce(bytes[..length]);
                bytes = bytes[length..];
            }
            catch (Exception exception) when (IsFailure(exception))
            {
                if (!WouldBlock(exception))
                {
                    return Reason.Of(exception);
                }

                Thread.Sleep(MillisecondsBetweenTries);
            }
        }

        return null;
    }

    /// <summary>Closes the descriptor, if the object owns it.</summary>
    public void Dispose()
    {
        _stream?.Dispose();
        _handle.Dispose();
    }

    private static ByteStream Standard(int number, FileAccess access, Func<Stream> openConsole) =>
        new(number, access, OperatingSystem.IsWindows() ? OpenOnWindows(number, access, openConsole) : null, ownsHandle: false);

    [SupportedOSPlatform("windows")]
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller owns the stream.")]
    private static Stream OpenOnWindows(int number, FileAccess access, Func<Stream> openConsole) =>
        (access == FileAccess.Write ? WindowsPipe.TryOpenOutput(number) : null) ?? openConsole();

    private static bool IsFailure(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException or NotSupportedException;

    // EAGAIN on Linux, and on macOS and the BSDs.
    private static bool WouldBlock(Exception exception) =>
        exception is IOException && exception.HResult == (OperatingSystem.IsLinux() ? 11 : 35);

    /// <summary>Tries to open a stream on the descriptor.</summary>
    /// <param name="stream">The stream for all calls, if the descriptor has no file offset; otherwise null.</param>
    private bool TryOpen(out Stream? stream)
    {
        stream = null;
        try
        {
            FileStream file = new(_handle, _access, bufferSize: 0);
            stream = file.CanSeek ? null : file;
            return true;
        }
        catch (Exception exception) when (IsFailure(exception) || exception is ArgumentException)
        {
            return false;
        }
    }

    private int ReadOnce(Span<byte> buffer)
    {
        if (_stream is not null)
        {
            return _stream.Read(buffer);
        }

        using FileStream file = OpenAtOffset();
        int count = file.Read(buffer);
        StoreOffset(file);
        return count;
    }

    private void WriteOnce(ReadOnlySpan<byte> bytes)
    {
        if (_stream is not null)
        {
            _stream.Write(bytes);
            return;
        }

        lock (s_fileOffset)
        {
            using FileStream file = OpenAtOffset();
            file.Write(bytes);
            StoreOffset(file);
        }
    }

    // A file stream reads the file offset when it is created, and then counts on its own. Other programs with the same open
    // file must continue where this one has ended. So each call uses a new stream.
    [SuppressMessage("Reliability", "CA2000", Justification = "The handle owns nothing.")]
    private FileStream OpenAtOffset() => new(new SafeFileHandle(_number, ownsHandle: false), _access, bufferSize: 0);

    // Getting the handle of a stream writes the stream's offset back to the system.
    private static void StoreOffset(FileStream stream) => _ = stream.SafeFileHandle;
}
