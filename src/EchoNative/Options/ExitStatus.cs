namespace EchoNative.Options;

/// <summary>What the program says to whoever waits for it.</summary>
internal static class ExitStatus
{
    public const int Done = 0;

    /// <summary>The system or the network failed, or something did not come back.</summary>
    public const int Failed = 1;

    /// <summary>The program was called wrongly.</summary>
    public const int Misused = 2;
}
