namespace EchoNative.Log;

/// <summary>What a server has done since it was started.</summary>
internal readonly record struct Totals
{
    /// <summary>Connections that were taken, those included that were refused or could not be served.</summary>
    public required long Accepted { get; init; }

    /// <summary>Sessions under way.</summary>
    public required int Active { get; init; }

    /// <summary>The most sessions there were at a time.</summary>
    public required int Peak { get; init; }

    /// <summary>Connections that were closed at once because of a limit.</summary>
    public required long Refused { get; init; }

    /// <summary>Connections that were closed at once because nobody could be made to serve them.</summary>
    public required long FailedForks { get; init; }

    /// <summary>Sessions that a signal ended.</summary>
    public required long Killed { get; init; }

    /// <summary>Bytes written back by sessions that have ended otherwise.</summary>
    public required long Bytes { get; init; }

    /// <summary>How long it has been there, in milliseconds.</summary>
    public required long UptimeMilliseconds { get; init; }
}
