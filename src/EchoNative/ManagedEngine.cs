using System;
using System.Collections.Generic;
using System.Text;
using EchoNative.Cli;
using EchoNative.Managed;
using EchoNative.Options;

namespace EchoNative;

/// <summary>
/// The commands on the class library's sockets and threads, for systems other than Linux, and for runtimes that compile while
/// they run: their threads make it unsafe to fork.
/// </summary>
internal sealed class ManagedEngine : Engine
{
    protected override void ReserveStandardStreams() => InheritedDescriptor.ReserveStandard();

    protected override int RunServer(IReadOnlyList<string> arguments)
    {
        string portMissing = ListeningSockets.ArePassed
            ? "the port is missing: the managed engine does not take the sockets that LISTEN_FDS passes"
            : "the port is missing";
        return EchoServer.Run(ServerCommandLine.Parse(arguments, portMissing: portMissing));
    }

    protected override int RunClient(ClientOptions options) => EchoClient.Run(options);

    protected override int RunBench(BenchOptions options) => throw new FailedCallException(
        "the portable program does not have it: it needs the native one, which runs on Linux");

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
