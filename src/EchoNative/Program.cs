using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using EchoNative.Bench;
using EchoNative.Cli;
using EchoNative.Managed;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Server;
using EchoClient = EchoNative.Client.EchoClient;
using EchoServer = EchoNative.Server.EchoServer;

namespace EchoNative;

/// <summary>The one executable: finds out which command it is, runs it, and turns failures into words.</summary>
internal static class Program
{
    [SuppressMessage("Design", "CA1031", Justification = "The last catch: a stack trace is no message for a user.")]
    internal static int Main(string[] arguments)
    {
        ReserveStandardStreams();
        Invocation invocation = Invocation.Find(Environment.GetCommandLineArgs()[0], arguments);
        string name = invocation.Command.Name;
        try
        {
            return Run(invocation);
        }
        catch (UsageException exception)
        {
            Tell($"{name}: {exception.Message}\n{invocation.Command.Usage}");
            return ExitStatus.Misused;
        }
        catch (Exception exception) when (exception is PosixException or FailedCallException)
        {
            Tell($"{name}: {exception.Message}\n");
            return ExitStatus.Failed;
        }
        catch (Exception exception)
        {
            Tell($"{name}: internal error: {exception.GetType().Name}: {exception.Message}\n");
            return ExitStatus.Failed;
        }
    }

    private static void ReserveStandardStreams()
    {
        if (BuildFeatures.HasManagedEngine && ManagedEngine.IsOnlyOne)
        {
            InheritedDescriptor.ReserveStandard();
        }
        else
        {
            StandardStream.Reserve();
        }
    }

    private static int Run(Invocation invocation)
    {
        if (invocation.WantsHelp)
        {
            return Show(invocation.Command.Help);
        }

        if (invocation.WantsVersion)
        {
            return Show($"{invocation.Command.Name} {ProgramVersion.Text}\n");
        }

        if (invocation.Command == ServerCommandLine.Command)
        {
            return RunServer(invocation.Arguments);
        }

        if (invocation.Command == ClientCommandLine.Command)
        {
            return RunClient(ClientCommandLine.Parse(invocation.Arguments));
        }

        if (invocation.Command == BenchCommandLine.Command)
        {
            return RunBench(BenchCommandLine.Parse(invocation.Arguments));
        }

        throw new UsageException(invocation.Arguments.Count == 0
            ? "the command is missing"
            : $"unknown command '{invocation.Arguments[0]}'");
    }

    private static int RunServer(IReadOnlyList<string> arguments)
    {
        if (BuildFeatures.HasManagedEngine)
        {
            if (ManagedEngine.IsOnlyOne)
            {
                return ManagedEngine.Serve(ServerCommandLine.Parse(arguments, portMissing: ManagedEngine.PortMissing));
            }
        }

        ServerOptions options = ServerCommandLine.Parse(arguments, Activation.CountSockets());
        return BuildFeatures.HasManagedEngine && options.Managed ? ManagedEngine.Serve(options)
            : options.Inetd ? InetdSession.Run(options)
            : EchoServer.Run(options);
    }

    private static int RunClient(ClientOptions options) =>
        BuildFeatures.HasManagedEngine && (options.Managed || ManagedEngine.IsOnlyOne)
            ? ManagedEngine.Connect(options)
            : EchoClient.Run(options);

    // It forks nothing, so that it may run under any runtime, but it waits by epoll.
    private static int RunBench(BenchOptions options) =>
        OperatingSystem.IsLinux() ? EchoBench.Run(options) : throw new FailedCallException("it needs Linux");

    private static int Show(string text)
    {
        if (BuildFeatures.HasManagedEngine && ManagedEngine.IsOnlyOne)
        {
            ManagedEngine.Show(text);
            return ExitStatus.Done;
        }

        IoResult written = StandardStream.Output.WriteAll(Encoding.UTF8.GetBytes(text));
        return written.Failed
            ? throw new PosixException("write", written.Error.ToString(), "standard output")
            : ExitStatus.Done;
    }

    private static void Tell(string text)
    {
        if (BuildFeatures.HasManagedEngine && ManagedEngine.IsOnlyOne)
        {
            ManagedEngine.Tell(text);
            return;
        }

        // Where standard error is of no use there is nobody left to tell; the exit status remains.
        _ = StandardStream.Error.WriteAll(Encoding.UTF8.GetBytes(text));
    }
}
