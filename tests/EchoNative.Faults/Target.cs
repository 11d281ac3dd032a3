namespace EchoNative.Faults;

/// <summary>Whose system calls are made to fail.</summary>
internal enum Target
{
    /// <summary>The server from the first call that Main makes until it waits for clients.</summary>
    ServerStart,

    /// <summary>The runtime's other thread in the server, from then on: it blocks the signals, and sleeps.</summary>
    ServerFinalizer,

    /// <summary>The server's parent from then on, until its end.</summary>
    ServerParent,

    /// <summary>One child of the server, from its birth to its end.</summary>
    ServerChild,

    /// <summary>The client's receiving process, from the first call that Main makes to its end.</summary>
    Receiver,

    /// <summary>The client's sending process, from its birth to its end.</summary>
    Sender,
}
