using System;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using EchoNative.Bench;
using EchoNative.Cli;
using EchoNative.Client;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Server;

namespace EchoNative;

/// <summary>The one executable: finds out which command it is, runs it, and turns failures into words.</summary>
internal static class Program
{
    [SuppressMessage("Design", "CA1031", Justification = "The last catch: a stack trace is no message for a user.")]
    internal static int Main(string[] arguments)
    {
        StandardStream.Reserve();
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
        catch (PosixException exception)
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
            return RunServer(ServerCommandLine.Parse(invocation.Arguments, Activation.CountSockets()));
        }

        if (invocation.Command == ClientCommandLine.Command)
        {
            return EchoClient.Run(ClientCommandLine.Parse(invocation.Arguments));
        }

        if (invocation.Command == BenchCommandLine.Command)
        {
            return EchoBench.Run(BenchCommandLine.Parse(invocation.Arguments));
        }

        throw new UsageException(invocation.Arguments.Count == 0
            ? "the command is missing"
            : $"unknown command '{invocation.Arguments[0]}'");
    }

    private static int RunServer(ServerOptions options) =>
        options.Inetd ? InetdSession.Run(options) : EchoServer.Run(options);

    private static int Show(string text)
    {
        IoResult written = StandardStream.Output.WriteAll(Encoding.UTF8.GetBytes(text));
        return written.Failed
            ? throw new PosixException("write", written.Error.ToString(), "standard output")
            : ExitStatus.Done;
    }

    // Where standard error is of no use there is nobody left to tell; the exit status remains.
    private static void Tell(string text) => _ = StandardStream.Error.WriteAll(Encoding.UTF8.GetBytes(text));
}
