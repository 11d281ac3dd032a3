using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Client;

/// <summary>
/// How far the sending process has come and why it failed, on a page that it shares with the receiving process. Only the
/// sender writes. The receiver reads the checksum and the errors after it has removed the sender.
/// </summary>
internal readonly struct SenderState
{
    private readonly MemoryMapping _page;

    private SenderState(MemoryMapping page) => _page = page;

    /// <summary>How many bytes the kernel has taken for the server.</summary>
    public long Sent
    {
        get => Volatile.Read(ref Page.Sent);
        set => Volatile.Write(ref Page.Sent, value);
    }

    /// <summary>Whether a write is in progress, so that <see cref="Sent"/> may be too low.</summary>
    public bool IsSending
    {
        get => Volatile.Read(ref Page.Sending) != 0;
        set => Volatile.Write(ref Page.Sending, value ? 1 : 0);
    }

    /// <summary>The checksum of the bytes that were sent; of no bytes without --verify.</summary>
    public Checksum SentChecksum
    {
        get => Checksum.From(Volatile.Read(ref Page.SentChecksum));
        set => Volatile.Write(ref Page.SentChecksum, value.Value);
    }

    /// <summary>Whether the sender sends no more, and is about to half-close or has done so.</summary>
    public bool IsComplete
    {
        get => Volatile.Read(ref Page.Complete) != 0;
        set => Volatile.Write(ref Page.Complete, value ? 1 : 0);
    }

    /// <summary>Why standard input could not be read.</summary>
    public Errno InputError
    {
        get => new(Volatile.Read(ref Page.InputError));
        set => Volatile.Write(ref Page.InputError, value.Number);
    }

    /// <summary>Why the connection could not be written to.</summary>
    public Errno SendError
    {
        get => new(Volatile.Read(ref Page.SendError));
        set => Volatile.Write(ref Page.SendError, value.Number);
    }

    /// <summary>Why the connection could not be half-closed.</summary>
    public Errno ShutdownError
    {
        get => new(Volatile.Read(ref Page.ShutdownError));
        set => Volatile.Write(ref Page.ShutdownError, value.Number);
    }

    private ref Layout Page => ref MemoryMarshal.AsRef<Layout>(_page.Bytes);

    /// <summary>Maps the page. Call before the fork: both processes then have it.</summary>
    /// <exception cref="PosixException">There is no memory for it.</exception>
    public static SenderState Create() => new(MemoryMapping.Shared(Unsafe.SizeOf<Layout>()));

    [StructLayout(LayoutKind.Sequential)]
    private struct Layout
    {
        public long Sent;
        public uint SentChecksum;
        public int Sending;
        public int Complete;
        public int InputError;
        public int SendError;
        public int ShutdownError;
    }
}
