using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>Servers that listen on a free port of 127.0.0.1.</summary>
internal static class Servers
{
    /// <summary>Starts one.</summary>
    /// <param name="graceSeconds">How long sessions may go on when it is asked to stop.</param>
    public static RunningServer Start(string graceSeconds) => new("--bind", "127.0.0.1", "--grace", graceSeconds);
}
