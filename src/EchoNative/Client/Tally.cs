using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Client;

/// <summary>
/// What the sending process tells the receiving one, on a page that both have in common. Only the sender
/// writes; the receiver reads the error numbers after the sender has been removed.
/// </summary>
internal readonly struct Tally
{
    private readonly MemoryMapping _page;

    private Tally(MemoryMapping page) => _page = page;

    /// <summary>How many bytes the kernel has taken for the server.</summary>
    public long Sent
    {
        get => Volatile.Read(ref Page.Sent);
        set => Volatile.Write(ref Page.Sent, value);
    }

    /// <summary>Whether a write is under way, so that <see cref="Sent"/> may be behind.</summary>
    public bool IsSending
    {
        get => Volatile.Read(ref Page.Sending) != 0;
        set => Volatile.Write(ref Page.Sending, value ? 1 : 0);
    }

    /// <summary>The checksum of those bytes, where one is wanted. Complete when the sender has been removed.</summary>
    public Checksum SentChecksum
    {
        get => Checksum.From(Volatile.Read(ref Page.SentChecksum));
        set => Volatile.Write(ref Page.SentChecksum, value.Value);
    }

    /// <summary>Whether the sender has said everything, and is about to half-close or has done so.</summary>
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

    public static Tally Create() => new(MemoryMapping.Shared(Unsafe.SizeOf<Layout>()));

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
