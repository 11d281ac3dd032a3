using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;
using EchoNative.Cli;
using EchoNative.Managed;
using EchoNative.Options;

namespace EchoNative;

/// <summary>
/// The commands on the class library's sockets and threads, for systems and runtimes on which the native engine can't run.
/// </summary>
internal sealed class ManagedEngine : Engine
{
    /// <summary>
    /// Whether this engine runs the command. The native one needs Linux, and for server and client also a program that was
    /// compiled ahead of time: the threads of the just-in-time compiler make it unsafe to fork. <c>echo-bench</c> forks nothing.
    /// </summary>
    public static bool Runs(Command command) => !OperatingSystem.IsLinux()
        || (RuntimeFeature.IsDynamicCodeSupported && command != BenchCommandLine.Command);

    protected override void ReserveStandardStreams() => InheritedDescriptor.ReserveStandard();

    protected override int RunServer(IReadOnlyList<string> arguments)
    {
        string portMissing = ListeningSockets.ArePassed
            ? "the port is missing: the managed engine does not take the sockets that LISTEN_FDS passes"
            : "the port is missing";
        return EchoServer.Run(ServerCommandLine.Parse(arguments, portMissing: portMissing));
    }

    protected override int RunClient(ClientOptions options) => EchoClient.Run(options);

    protected override int RunBench(BenchOptions options) => throw new FailedCallException("it needs Linux");

    protected override void WriteOutput(string text)
    {
        if (ByteStream.Output.Write(Encoding.UTF8.GetBytes(text)) is string error)
        {
            throw new FailedCallException($"write() error: {error} (standard output)");
        }
    }

    protected override void WriteError(string text) => _ = ByteStream.Error.Write(Encoding.UTF8.GetBytes(text));

    protected override bool IsFailedCall(Exception exception) => exception is FailedCallException;
}
