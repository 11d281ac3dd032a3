using System;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using EchoNative.Options;

namespace EchoNative.Managed;

/// <summary>The engine on the class library's sockets, for systems without the calls that the native one is made of.</summary>
internal static class ManagedEngine
{
    /// <summary>
    /// Whether there is no other: the system is not Linux, or the program is compiled as it runs, by threads that
    /// forbid to fork.
    /// </summary>
    public static bool IsOnlyOne => !OperatingSystem.IsLinux() || RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>What is said to whoever gives no port. Sockets that a service manager has passed are not taken.</summary>
    public static string PortMissing =>
        Environment.GetEnvironmentVariable("LISTEN_PID") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            ? "the port is missing: the managed engine does not take the sockets that LISTEN_FDS passes"
            : "the port is missing";

    /// <summary>Serves; see <see cref="EchoServer"/>.</summary>
    public static int Serve(ServerOptions options) => EchoServer.Run(options);

    /// <summary>Is a client; see <see cref="EchoClient"/>.</summary>
    public static int Connect(ClientOptions options) => EchoClient.Run(options);

    /// <summary>Writes to standard output.</summary>
    /// <exception cref="FailedCallException">It can't be written to.</exception>
    public static void Show(string text)
    {
        if (ByteStream.Output.Write(Encoding.UTF8.GetBytes(text)) is string error)
        {
            throw new FailedCallException($"write() error: {error} (standard output)");
        }
    }

    /// <summary>Writes to standard error. Where that is of no use there is nobody left to tell.</summary>
    public static void Tell(string text) => _ = ByteStream.Error.Write(Encoding.UTF8.GetBytes(text));
}
