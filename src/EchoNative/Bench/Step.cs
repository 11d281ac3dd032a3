namespace EchoNative.Bench;

/// <summary>How far a connection has come.</summary>
internal enum Step
{
    /// <summary>There is more to come.</summary>
    Waiting,

    /// <summary>Everything that was to be sent has come back.</summary>
    Answered,

    /// <summary>The server has ended the connection, as it was asked to, after it had sent everything back.</summary>
    Ended,

    /// <summary>It is of no more use; <see cref="Connection.Failure"/> says why.</summary>
    Failed,
}
