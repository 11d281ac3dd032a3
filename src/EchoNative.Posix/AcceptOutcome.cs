namespace EchoNative.Posix;

/// <summary>What accept(2) came to, as far as it makes a difference to what is done next.</summary>
public enum AcceptOutcome
{
    /// <summary>There is a connection.</summary>
    Accepted,

    /// <summary>No client is waiting.</summary>
    NoneWaiting,

    /// <summary>
    /// A client was waiting and is gone: it reset the connection, or a network error that belongs to the
    /// new connection was reported here. The next client may be fine.
    /// </summary>
    ConnectionLost,

    /// <summary>
    /// The process or the system is out of descriptors or memory, or the call failed in a way that has
    /// nothing to do with one client. The clients stay in the queue.
    /// </summary>
    Unavailable,
}
