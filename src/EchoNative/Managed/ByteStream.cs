using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace EchoNative.Managed;

/// <summary>
/// A descriptor that was given to this process, for plain reading and writing: bytes are bytes, and each call is one
/// of the system. The console classes of the class library take a lost reader for success and set the terminal up;
/// this one does neither. On Windows, where there are no descriptors, it is they that are used.
/// </summary>
internal sealed class ByteStream : IDisposable
{
    /// <summary>Why a descriptor that was closed at start is of no use.</summary>
    private const string BadDescriptor = "Bad file descriptor";

    private const int MillisecondsBetweenTries = 10;
    private const int PipeTakesWhole = 4096; // PIPE_BUF on Linux; see pipe(7)

    // Two descriptors may lead to one file, where whoever writes has to begin where the one before has ended.
    private static readonly Lock s_fileOffset = new();

    private readonly int _number;
    private readonly FileAccess _access;
    private readonly bool _exists;
    private readonly bool _isNonBlocking;
    private readonly SafeFileHandle _handle;

    // What has no offset: a pipe, a terminal, a socket; and whatever it is on Windows.
    private readonly Stream? _stream;

    /// <summary>A descriptor, which the value owns from now on.</summary>
    /// <param name="number">The descriptor.</param>
    /// <param name="access">Whether it is read from or written to.</param>
    public ByteStream(int number, FileAccess access)
        : this(number, access, console: null, ownsHandle: true)
    {
    }

    private ByteStream(int number, FileAccess access, Stream? console, bool ownsHandle)
    {
        _number = number;
        _access = access;
        _stream = console;
        _handle = new SafeFileHandle(number, ownsHandle);
        _isNonBlocking = InheritedDescriptor.IsNonBlocking(number);
        _exists = console is not null || (InheritedDescriptor.Exists(number) && TryOpen(out _stream));
    }

    /// <summary>Standard input.</summary>
    public static ByteStream Input { get; } = Standard(0, FileAccess.Read, Console.OpenStandardInput);

    /// <summary>Standard output.</summary>
    public static ByteStream Output { get; } = Standard(1, FileAccess.Write, Console.OpenStandardOutput);

    /// <summary>Standard error.</summary>
    public static ByteStream Error { get; } = Standard(2, FileAccess.Write, Console.OpenStandardError);

    /// <summary>Reads what is there, waiting until something is.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="error">Why that failed, or null.</param>
    /// <returns>How many bytes came; 0 for the end of file.</returns>
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

            // Somebody has made it non-blocking for all who have it.
            Thread.Sleep(MillisecondsBetweenTries);
        }
    }

    /// <summary>Writes all of it, waiting for room.</summary>
    /// <returns>Why that failed, or null.</returns>
    public string? Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            // Where a call may end half done, how much it did is not told; a pipe takes so much whole or not at all.
            int length = _isNonBlocking ? Math.Min(bytes.Length, PipeTakesWhole) : bytes.Length;
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

    /// <summary>Closes a descriptor that it owns.</summary>
    public void Dispose()
    {
        _stream?.Dispose();
        _handle.Dispose();
    }

    private static ByteStream Standard(int number, FileAccess access, Func<Stream> openConsole) =>
        new(number, access, OperatingSystem.IsWindows() ? openConsole() : null, ownsHandle: false);

    private static bool IsFailure(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException or NotSupportedException;

    // EAGAIN on Linux, and on macOS and the BSDs.
    private static bool WouldBlock(Exception exception) =>
        exception is IOException && exception.HResult == (OperatingSystem.IsLinux() ? 11 : 35);

    /// <summary>Tries whether the descriptor leads anywhere.</summary>
    /// <param name="stream">A stream that serves for good, where there is no offset.</param>
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
        TellOffset(file);
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
            TellOffset(file);
        }
    }

    // A stream takes the offset from the system when it is made, and keeps its own from then on. Other programs that
    // have the same file are to go on where this one has ended: so a stream is for one call only.
    [SuppressMessage("Reliability", "CA2000", Justification = "The handle owns nothing.")]
    private FileStream OpenAtOffset() => new(new SafeFileHandle(_number, ownsHandle: false), _access, bufferSize: 0);

    // Whoever asks a stream for its handle is given one with the right offset.
    private static void TellOffset(FileStream stream) => _ = stream.SafeFileHandle;
}
