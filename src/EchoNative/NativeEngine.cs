using System;
using System.Collections.Generic;
using System.Text;
using EchoNative.Bench;
using EchoNative.Cli;
using EchoNative.Client;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Server;

namespace EchoNative;

/// <summary>The commands on the system calls of Linux. Server and client fork.</summary>
internal sealed class NativeEngine : Engine
{
    protected override void ReserveStandardStreams() => StandardStream.Reserve();

    protected override int RunServer(IReadOnlyList<string> arguments)
    {
        ServerOptions options = ServerCommandLine.Parse(arguments, Activation.CountSockets());
        return !options.Inetd ? EchoServer.Run(options)
            : FirstProcess.TryRunAsChild(out int status) ? status
            : InetdSession.Run(options);
    }

    protected override int RunClient(ClientOptions options) =>
        FirstProcess.TryRunAsChild(out int status) ? status : EchoClient.Run(options);

    protected override int RunBench(BenchOptions options) =>
        FirstProcess.TryRunAsChild(out int status) ? status : EchoBench.Run(options);

    protected override void WriteOutput(string text)
    {
        // A file at its size limit is then reported by EFBIG. The signal would end the process.
        SignalHandler.Ignore(Signal.FileSizeExceeded);
        IoResult written = StandardStream.Output.WriteAll(Encoding.UTF8.GetBytes(text));
        if (written.Failed)
        {
            throw new PosixException("write", written.Error.ToString(), "standard output");
        }
    }

    protected override void WriteError(string text)
    {
        SignalHandler.Ignore(Signal.FileSizeExceeded);

        // The write may have to wait for a reader. Blocked signals, or handlers that only count, would then not end the program.
        SignalHandler.Remove();
        SignalMask.Unblock();
        _ = StandardStream.Error.WriteAll(Encoding.UTF8.GetBytes(text));
    }

    protected override bool IsFailedCall(Exception exception) => exception is PosixException;
}
