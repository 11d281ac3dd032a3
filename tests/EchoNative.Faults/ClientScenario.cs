using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>The client, which sends a mebibyte and gets it back. One of its two processes is tampered with.</summary>
/// <param name="target">A receiver or the sender.</param>
/// <param name="options">Options of the client.</param>
internal sealed class ClientScenario(Target target, params string[] options) : IScenario
{
    private const int InputLength = 1024 * 1024;
    private const int SignalBase = 128;

    private static readonly byte[] s_input = MakeInput();

    public RunResult Run(Injection? injection)
    {
        using RunningServer server = new("--bind", "127.0.0.1", "--grace", "0");
        using RunningProgram client = StopPoint.StopAtMain(
            Binary.Client, [.. options, "--raw", "127.0.0.1", $"{server.Port}"]);
        int traced = target == Target.Sender
            ? StopPoint.StopNextChild(client.Id, () => RunningProgram.Send(client.Id, "CONT"))
            : client.Id;
        using Tracer tracer = new(traced, injection is null ? [] : [injection.StraceOption]);
        _ = tracer.WaitForStop();
        if (injection is { What: "SIGSTOP" })
        {
            tracer.ContinueAfterStop(2);
        }

        Thread feeder = new(() => Feed(client)) { IsBackground = true };
        feeder.Start();
        RunningProgram.Send(traced, "CONT");
        int status = Invariant.WaitForEnd(client);
        Invariant.CheckMessages(client);
        Trace trace = tracer.ReadToEnd();
        int sender = target == Target.Sender ? traced : trace.Children is [int child, ..] ? child : 0;
        Invariant.WaitUntil(
            () => sender == 0 || ProcessTable.StateOf(sender) is null or 'Z', "the sender ends", () => client.Transcript);
        Invariant.CheckNoChildren(server.Program);
        Invariant.Check(
            ClientSession.Run(server.Port, 1).IsComplete, "the server does not serve the next client", server.Program.Transcript);
        return new RunResult(Judge(client, status, injection), trace.Injected().Count(), trace.CountCalls(), null);
    }

    private Outcome Judge(RunningProgram client, int status, Injection? injection)
    {
        byte[] output = client.GetOutputBytes();
        string error = client.Error.Contains(" bytes sent, ", StringComparison.Ordinal)
            ? TransferLine.Skip(client.Error)
            : client.Error;
        string evidence = $"exit status {status}, {output.Length} bytes of output\nstandard error:\n{client.Error}";
        bool isPrefix = output.AsSpan().SequenceEqual(s_input.AsSpan(0, Math.Min(output.Length, s_input.Length)));
        Invariant.Check(isPrefix, "a byte was shown that was not sent", evidence);
        if (status == 0)
        {
            Invariant.Check(output.Length == InputLength, "not all was shown, and the exit status is 0", evidence);
            Invariant.Check(error.Length == 0, "it prints an error, and the exit status is 0", evidence);
            return Outcome.Unnoticed;
        }

        // The receiver has no handler for these signals: they end it, and the exit status says so.
        bool endedBySignal = target != Target.Sender && injection is { Ends: true }
            && status == SignalBase + (injection.What == "SIGTERM" ? 15 : 14);
        bool isReported = injection is not null
            && status == 1
            && ErrorMessage.HasOnlyErrorsOf(error, "echo-client")
            && NamesReason(error, injection);
        Invariant.Check(endedBySignal || isReported, $"it ended with {status}, and did not report the reason", evidence);
        return Outcome.OneEnded;
    }

    // EISCONN from connect(2) means success after an interruption, so the client believes it. The first use of the socket
    // then fails with ENOTCONN.
    private static bool NamesReason(string error, Injection injection) =>
        injection.Kind == InjectionKind.Error
            ? ErrorMessage.NamesCall(error, injection)
                || error.Contains("server closed the connection", StringComparison.Ordinal)
                || (injection is { Call: "connect", What: "EISCONN" }
                    && error.Contains(ErrorTable.Describe("ENOTCONN"), StringComparison.Ordinal))
                || (injection.Call == "socket" && IsConnectError(error, injection))
            : error.Contains($"the sending process was killed by {injection.What}", StringComparison.Ordinal);

    // If socket(2) fails, the client tries the next address, as it does if connect(2) fails. It reports both alike.
    private static bool IsConnectError(string error, Injection injection) =>
        error.Contains($"connect() error: {ErrorTable.Describe(injection.What)}", StringComparison.Ordinal);

    private static void Feed(RunningProgram client)
    {
        try
        {
            client.Input.Write(s_input);
            client.Input.Close();
        }
        catch (IOException)
        {
            // The client has ended before it has read everything.
        }
    }

    private static byte[] MakeInput()
    {
        StringBuilder text = new(InputLength);
        for (int line = 0; text.Length < InputLength; line++)
        {
            _ = text.Append(line).Append(" the quick brown fox jumps over the lazy dog\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, InputLength));
    }
}
