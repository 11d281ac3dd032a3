using System;
using System.IO;
using System.Threading.Tasks;
using EchoNative.Options;

namespace EchoNative.Managed;

/// <summary>The file of --port-file: a file of its own, or a device, pipe or stream that exists already.</summary>
internal sealed class PortFile
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);

    private readonly string _path;

    // Null as long as no file was made that is to be removed.
    private byte[]? _contents;
    private DateTime _written;

    /// <summary>Checks the name.</summary>
    /// <exception cref="UsageException">It is not UTF-8: the class library has lost its bytes.</exception>
    public PortFile(string path)
    {
        _path = path.Contains('\uFFFD', StringComparison.Ordinal)
            ? throw new UsageException($"port-file '{path}' is not UTF-8, which the managed engine needs")
            : path;
    }

    /// <summary>Writes the file.</summary>
    /// <param name="contents">All of it.</param>
    /// <exception cref="FailedCallException">It can't be written. It does not exist then.</exception>
    public void Write(byte[] contents)
    {
        if (FindStandardStream() is ByteStream standard)
        {
            WriteInBackground(() => standard.Write(contents), _path);
        }
        else if (TryOpenSpecial() is FileStream special)
        {
            WriteInBackground(() => WriteAndClose(special, contents), _path);
        }
        else
        {
            WriteRegular(contents);
        }
    }

    /// <summary>Removes the file that was made, unless somebody has replaced it. An error is ignored.</summary>
    public void Remove()
    {
        try
        {
            if (_contents is not null && File.GetLastWriteTimeUtc(_path) == _written
                && File.ReadAllBytes(_path).AsSpan().SequenceEqual(_contents))
            {
                File.Delete(_path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file does not exist, or can't be removed.
        }
    }

    /// <summary>Writes without waiting for longer than a second. After that the writing goes on by itself.</summary>
    /// <param name="write">Writes, and returns why it failed, or null.</param>
    /// <param name="subject">What an error message calls the file.</param>
    /// <exception cref="FailedCallException">The writing has failed within that second.</exception>
    public static void WriteInBackground(Func<string?> write, string subject)
    {
        Task<string?> writing = Task.Run(write);

        // A reader that has closed its end no longer needs the ports. Any other error means a wrong file.
        if (writing.Wait(s_longestWait) && writing.Result is string error
            && error is not ("Broken pipe" or "Connection reset by peer"))
        {
            throw new FailedCallException($"write() error: {error} ({subject})");
        }
    }

    // The open file behind such a path may be a regular one. Replacing it would replace the link in /dev.
    private ByteStream? FindStandardStream()
    {
        const int MostLinks = 8;
        string? path = _path;
        for (int links = 0; path is not null && links < MostLinks; links++)
        {
            switch (path)
            {
                case "/dev/fd/1" or "/proc/self/fd/1":
                    return ByteStream.Output;

                case "/dev/fd/2" or "/proc/self/fd/2":
                    return ByteStream.Error;

                default:
                    path = new FileInfo(path).LinkTarget;
                    break;
            }
        }

        return null;
    }

    /// <summary>Opens the path for writing if it exists and is no regular file.</summary>
    /// <exception cref="FailedCallException">It can't be opened.</exception>
    private FileStream? TryOpenSpecial()
    {
        if (!File.Exists(_path))
        {
            return Directory.Exists(_path) ? throw new FailedCallException($"open() error: Is a directory ({_path})") : null;
        }

        // Opening a pipe waits until somebody reads it. A regular file stays as it is.
        Task<FileStream> opening = Task.Run(
            () => new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        try
        {
            if (Task.WaitAny([opening], s_longestWait) < 0)
            {
                throw new FailedCallException($"open() error: Nobody reads this pipe ({_path})");
            }

            FileStream file = opening.GetAwaiter().GetResult();
            if (!IsRegular(file))
            {
                return file;
            }

            file.Dispose();
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null; // a file that can be replaced, but not written
        }
        catch (IOException exception)
        {
            // On Windows another program may have a regular file open.
            return OperatingSystem.IsWindows() ? null : throw new FailedCallException("open", exception, _path);
        }
    }

    // Only a regular file has a length that can be set.
    private static bool IsRegular(FileStream file)
    {
        try
        {
            file.SetLength(file.Length);
            return true;
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException or ArgumentException)
        {
            return OperatingSystem.IsWindows();
        }
    }

    private static string? WriteAndClose(FileStream file, byte[] contents)
    {
        try
        {
            using (file)
            {
                file.Write(contents);
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Reason.Of(exception);
        }
    }

    // By rename(2), so that a reader never finds half of the contents.
    private void WriteRegular(byte[] contents)
    {
        string? temporary = null;
        string call = "open";
        try
        {
            using (FileStream file = CreateTemporary())
            {
                temporary = file.Name;
                call = "write";
                file.Write(contents);
            }

            _written = File.GetLastWriteTimeUtc(temporary);
            call = "rename";
            File.Move(temporary, _path, overwrite: true);
            _contents = contents;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            throw new FailedCallException(call, exception, _path);
        }
    }

    // A name that is in use is left alone: the file may belong to another program, or to a server that is just starting.
    // CreateNew follows no symbolic link.
    private FileStream CreateTemporary()
    {
        const int MostNames = 100;
        for (int attempt = 0; ; attempt++)
        {
            string name = attempt == 0 ? _path + ".tmp" : $"{_path}.tmp{attempt}";
            try
            {
                return new FileStream(name, FileMode.CreateNew, FileAccess.Write);
            }
            catch (IOException) when (attempt < MostNames)
            {
                // The next name may be free.
            }
        }
    }

    private static void TryDelete(string? path)
    {
        try
        {
            if (path is not null)
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file can't be removed.
        }
    }
}
