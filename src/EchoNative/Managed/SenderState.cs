using System.Threading;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>
/// How far the sending thread has come and why it failed. Only the sender writes. The receiver reads the checksum and the
/// errors when the sender has ended or sends no more.
/// </summary>
internal sealed class SenderState
{
    private long _sent;
    private volatile bool _isSending;
    private volatile bool _isComplete;
    private volatile string? _inputError;
    private volatile string? _sendError;
    private volatile string? _shutdownError;

    /// <summary>How many bytes the system has taken for the server.</summary>
    public long Sent
    {
        get => Volatile.Read(ref _sent);
        set => Volatile.Write(ref _sent, value);
    }

    /// <summary>The checksum of the bytes that were sent; of no bytes without --verify.</summary>
    public Checksum SentChecksum { get; set; }

    /// <summary>Whether a write is in progress, so that <see cref="Sent"/> may be too low.</summary>
    public bool IsSending { get => _isSending; set => _isSending = value; }

    /// <summary>Whether the sender sends no more, and is about to half-close or has done so.</summary>
    public bool IsComplete { get => _isComplete; set => _isComplete = value; }

    /// <summary>Why standard input could not be read.</summary>
    public string? InputError { get => _inputError; set => _inputError = value; }

    /// <summary>Why the connection could not be written to.</summary>
    public string? SendError { get => _sendError; set => _sendError = value; }

    /// <summary>Whether it could not because the server has closed or reset the connection.</summary>
    public bool SendFailedByServer { get; set; }

    /// <summary>Why the connection could not be half-closed.</summary>
    public string? ShutdownError { get => _shutdownError; set => _shutdownError = value; }
}
