namespace EchoNative.Options;

/// <summary>The exit statuses of the program.</summary>
internal static class ExitStatus
{
    /// <summary>Success.</summary>
    public const int Done = 0;

    /// <summary>The system or the network failed, or not all bytes came back.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Misused = 2;
}
