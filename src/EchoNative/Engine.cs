using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using EchoNative.Cli;
using EchoNative.Options;

namespace EchoNative;

/// <summary>
/// Runs one command, and turns failures into messages and exit statuses. A derived class does the work with the calls of its
/// engine.
/// </summary>
internal abstract class Engine
{
    /// <summary>Runs a command to its end.</summary>
    /// <returns>The exit status.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "The last catch: a stack trace is no message for a user.")]
    public int Run(Invocation invocation)
    {
        ReserveStandardStreams();
        string name = invocation.Command.Name;
        try
        {
            return RunCommand(invocation);
        }
        catch (UsageException exception)
        {
            WriteError($"{name}: {exception.Message}\n{invocation.Command.Usage}");
            return ExitStatus.Misused;
        }
        catch (Exception exception) when (IsFailedCall(exception))
        {
            WriteError($"{name}: {exception.Message}\n");
            return ExitStatus.Failed;
        }
        catch (OutOfMemoryException)
        {
            WriteError($"{name}: out of memory\n");
            return ExitStatus.Failed;
        }
        catch (Exception exception)
        {
            WriteError($"{name}: internal error: {exception.GetType().Name}: {exception.Message}\n");
            return ExitStatus.Failed;
        }
    }

    /// <summary>
    /// Opens /dev/null under those of the numbers 0 to 2 that are free. Otherwise a socket would get such a number, and the
    /// log would be sent to a client.
    /// </summary>
    protected abstract void ReserveStandardStreams();

    /// <summary>Runs <c>echo-server</c>, and returns its exit status.</summary>
    /// <param name="arguments">The arguments after the command.</param>
    protected abstract int RunServer(IReadOnlyList<string> arguments);

    /// <summary>Runs <c>echo-client</c>, and returns its exit status.</summary>
    protected abstract int RunClient(ClientOptions options);

    /// <summary>Runs <c>echo-bench</c>, and returns its exit status.</summary>
    protected abstract int RunBench(BenchOptions options);

    /// <summary>Writes all of the text to standard output. An error is an exception of <see cref="IsFailedCall"/>.</summary>
    protected abstract void WriteOutput(string text);

    /// <summary>Writes the text to standard error, and ignores errors: the exit status remains.</summary>
    protected abstract void WriteError(string text);

    /// <summary>Whether the exception stands for a call that failed, and its message is meant for the user.</summary>
    protected abstract bool IsFailedCall(Exception exception);

    private int RunCommand(Invocation invocation)
    {
        if (invocation.WantsHelp)
        {
            WriteOutput(invocation.Command.Help);
            return ExitStatus.Done;
        }

        if (invocation.WantsVersion)
        {
            WriteOutput($"{invocation.Command.Name} {ProgramVersion.Text}\n");
            return ExitStatus.Done;
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
}
