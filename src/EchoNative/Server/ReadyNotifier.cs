using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// Reports that clients can connect: to scripts by a file or a descriptor, to a service manager by the protocol of
/// sd_notify(3). It never waits for a reader: what can't be written is tried again each second (<see cref="Timeout"/>).
/// </summary>
/// <remarks>Nothing is allocated after <see cref="NotifyScripts"/>: the rest is done inside the sandbox.</remarks>
internal sealed class ReadyNotifier
{
    private const int RetryMilliseconds = 1000;

    private const string ReadyOption = "--ready-fd";

    // systemd ignores messages of more than 4096 bytes.
    private const int MostMessageBytes = 2048;

    private readonly byte[] _message = new byte[MostMessageBytes];
    private readonly FilePath? _path;
    private readonly FileDescriptor? _special;
    private readonly FileDescriptor? _ready;

    private AtomicFile? _file;
    private NotifySocket? _manager;
    private PendingWrite? _specialPending;
    private PendingWrite? _readyPending;
    private int _messageLength;
    private bool _isMessagePending;
    private long _next;

    /// <summary>Checks the descriptor of --ready-fd, and opens the path of --port-file if it is no regular file.</summary>
    /// <exception cref="PosixException">The descriptor or the path can't be used.</exception>
    public ReadyNotifier(ServerOptions options)
    {
        if (options.ReadyDescriptor is int number)
        {
            _ready = new FileDescriptor(number);
            if (!_ready.Value.IsOpen)
            {
                throw new PosixException($"{ReadyOption} {number} is not an open descriptor");
            }
        }

        if (options.PortFile is string name)
        {
            _path = FilePath.TryFromOption("--port-file", name, out FilePath? path)
                ? path
                : throw new PosixException($"port-file '{name}' is not UTF-8, and its bytes can't be read from /proc");
            _special = SpecialFile.TryOpen(_path.Value);
        }

        CheckWritable(_special, _path?.Text);
        CheckWritable(_ready, ReadyOption);
    }

    /// <summary>How many descriptors the reports need at most.</summary>
    public int DescriptorCount =>
        (_path is null ? 0 : 1) + (_ready is null ? 0 : 1) + (NotifySocket.IsConfigured ? 1 : 0);

    /// <summary>The descriptors that the parent has open for its reports. A child closes its copies.</summary>
    public NotifierDescriptors Descriptors =>
        new(_manager, _file?.Descriptor ?? _specialPending?.Descriptor, _readyPending?.Descriptor);

    /// <summary>How long the server may sleep until it has to call <see cref="Retry"/>, in milliseconds.</summary>
    public int Timeout => _isMessagePending || _specialPending is not null || _readyPending is not null
        ? (int)Math.Max(0, _next - MonotonicClock.Milliseconds)
        : Poll.Forever;

    /// <summary>Closes all descriptors that the program was started with and that are not needed.</summary>
    /// <param name="passedSockets">How many sockets a service manager has passed.</param>
    public void CloseOtherDescriptors(int passedSockets)
    {
        List<FileDescriptor> kept = [];
        kept.AddRange(_special is FileDescriptor special ? [special] : []);
        kept.AddRange(_ready is FileDescriptor ready ? [ready] : []);
        InheritedDescriptors.Close(passedSockets, [.. kept]);
    }

    /// <summary>Opens the socket of the service manager, if there is one.</summary>
    public void OpenManager() => _manager = NotifySocket.TryOpen();

    /// <summary>
    /// Writes the ports to the file and to the descriptor of --ready-fd, and closes the descriptor. Call before the sandbox: no
    /// file can be created after it.
    /// </summary>
    /// <param name="local">The addresses on which the server listens.</param>
    /// <exception cref="PosixException">The file or the descriptor can't be written.</exception>
    public void NotifyScripts(SocketAddress[] local)
    {
        byte[] ports = PortsOf(local);
        if (_special is FileDescriptor special)
        {
            _specialPending = Start(special, ports, _path!.Value.Text);
        }
        else if (_path is FilePath path)
        {
            _file = AtomicFile.Write(path, ports);
        }

        _readyPending = _ready is FileDescriptor ready ? Start(ready, ports, ReadyOption) : null;
        _messageLength = WriteReady(_message, local);
    }

    /// <summary>Removes the file that <see cref="NotifyScripts"/> has made, unless somebody has replaced it.</summary>
    /// <param name="key">The parent's key. In the sandbox no file can be removed without it.</param>
    public void RemoveFile(ParentKey key) => _file?.Remove(key);

    /// <summary>Reports to the service manager that clients can connect.</summary>
    public void NotifyManager() => SendMessage();

    /// <summary>Removes the file, and reports to the service manager that no more clients can connect.</summary>
    /// <param name="active">How many sessions are still open.</param>
    /// <param name="key">The parent's key, for <see cref="RemoveFile"/>.</param>
    public void NotifyStopping(int active, ParentKey key)
    {
        RemoveFile(key);
        _specialPending = Close(_specialPending);
        _readyPending = Close(_readyPending);
        LogLine line = new(_message);
        line.Add("STOPPING=1\nSTATUS=stopping, "u8);
        line.Add(active);
        line.Add(" active"u8);
        _messageLength = line.Text.Length;
        SendMessage();
    }

    /// <summary>Tries again what could not be written before, if it is time for that.</summary>
    public void Retry()
    {
        if (Timeout != 0)
        {
            return;
        }

        _next = MonotonicClock.Milliseconds + RetryMilliseconds;
        _specialPending = Continue(_specialPending, out _);
        _readyPending = Continue(_readyPending, out _);
        _isMessagePending = _isMessagePending && !TrySendMessage();
    }

    private static void CheckWritable(FileDescriptor? descriptor, string? subject)
    {
        if (descriptor is { IsOpenForWriting: false })
        {
            throw new PosixException("write", "Bad file descriptor", subject ?? "");
        }
    }

    private static byte[] PortsOf(SocketAddress[] local)
    {
        StringBuilder ports = new();
        foreach (SocketAddress address in local)
        {
            _ = ports.Append(address.Port.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }

        return Encoding.ASCII.GetBytes(ports.ToString());
    }

    // The addresses that do not fit are only counted.
    private static int WriteReady(Span<byte> message, SocketAddress[] local)
    {
        const int RoomForRest = 32;
        LogLine line = new(message);
        line.Add("READY=1\nSTATUS=listening on"u8);
        Span<byte> text = stackalloc byte[SocketAddress.MaxTextLength];
        for (int i = 0; i < local.Length; i++)
        {
            if (line.Room < SocketAddress.MaxTextLength + RoomForRest)
            {
                line.Add(" and "u8);
                line.Add(local.Length - i);
                line.Add(" more"u8);
                break;
            }

            line.Add(" "u8);
            line.Add(text[..local[i].Format(text)]);
        }

        return line.Text.Length;
    }

    private static PendingWrite? Continue(PendingWrite? pending, out Errno error)
    {
        error = Errno.None;
        return pending is null || pending.TryFinish(out error) ? Close(pending) : pending;
    }

    // For a path such as /dev/stdout the descriptor is a standard stream, which stays open.
    private static PendingWrite? Close(PendingWrite? pending)
    {
        if (pending is not null && pending.Descriptor.Number > StandardStream.Error.Number)
        {
            pending.Descriptor.Close();
        }

        return null;
    }

    /// <summary>Writes as much as there is room for, and closes the descriptor once everything is written.</summary>
    /// <returns>What is left; null if nothing is.</returns>
    private PendingWrite? Start(FileDescriptor descriptor, byte[] lines, string subject)
    {
        PendingWrite? rest = Continue(new PendingWrite(descriptor, lines), out Errno error);

        // A reader that has closed its end no longer needs the ports. Any other error means a wrong descriptor.
        if (error.IsError && !error.IsDisconnected)
        {
            throw new PosixException("write", error.ToString(), subject);
        }

        _next = MonotonicClock.Milliseconds + RetryMilliseconds;
        return rest;
    }

    private void SendMessage()
    {
        _next = MonotonicClock.Milliseconds + RetryMilliseconds;
        _isMessagePending = !TrySendMessage();
    }

    private bool TrySendMessage() => _manager is not NotifySocket manager || manager.TrySend(_message.AsSpan(0, _messageLength));
}

/// <summary>The descriptors of a <see cref="ReadyNotifier"/>, for a child, which has no objects.</summary>
/// <param name="Manager">The socket to the service manager.</param>
/// <param name="PortFile">The file of --port-file. A path that is no regular file, only until the ports are written.</param>
/// <param name="Ready">The descriptor of --ready-fd, as long as the ports are not written to it.</param>
internal readonly record struct NotifierDescriptors(NotifySocket? Manager, FileDescriptor? PortFile, FileDescriptor? Ready)
{
    /// <summary>Closes this process's copies.</summary>
    public void Close()
    {
        Manager?.Close();
        Ready?.Close();
        if (PortFile is FileDescriptor file && file.Number > StandardStream.Error.Number)
        {
            file.Close();
        }
    }
}
