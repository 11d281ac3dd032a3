using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>The client, which sends a mebibyte and gets it back; one of its two processes is tampered with.</summary>
/// <param name="target">Which.</param>
internal sealed class ClientScenario(Target target) : IScenario
{
    private const int InputLength = 1024 * 1024;
    private const int SignalBase = 128;

    private static readonly byte[] s_input = MakeInput();

    public Verdict Run(Injection? injection)
    {
        using RunningServer server = Servers.Start("0");
        using RunningProgram client = Gate.StopAtMain(Binary.Client, "--raw", "127.0.0.1", $"{server.Port}");
        int traced = target == Target.Receiver ? client.Id : Gate.StopNextChild(client.Id, () => RunningProgram.Send(client.Id, "CONT"));
        using Tracer tracer = new(traced, injection is null ? [] : [injection.StraceOption]);
        _ = tracer.WaitForStop();
        if (injection is { What: "SIGSTOP" })
        {
            tracer.ContinueAfterStop(2);
        }

        Thread feeder = new(() => Feed(client)) { IsBackground = true };
        feeder.Start();
        RunningProgram.Send(traced, "CONT");
        int status = Promise.WaitForEnd(client);
        Promise.KeepWords(client);
        Trace trace = tracer.ReadToEnd();
        int sender = target == Target.Sender ? traced : trace.Children is [int child, ..] ? child : 0;
        Patience.WaitUntil(() => sender == 0 || ProcessTable.StateOf(sender) is null or 'Z', "the sender ends", () => client.Transcript);
        Promise.KeepNoChildren(server.Program);
        Promise.Keep(Visit.Run(server.Port, 1).IsComplete, "the server does not serve the next client", server.Program.Transcript);
        return new Verdict(Judge(client, status, injection), trace.Injected().Count(), trace.CountCalls(), null);
    }

    private Outcome Judge(RunningProgram client, int status, Injection? injection)
    {
        byte[] output = client.GetOutputBytes();
        string error = client.Error.Contains(" bytes sent, ", StringComparison.Ordinal) ? TransferLine.Skip(client.Error) : client.Error;
        string evidence = $"exit status {status}, {output.Length} bytes of output\nstandard error:\n{client.Error}";
        Promise.Keep(output.AsSpan().SequenceEqual(s_input.AsSpan(0, Math.Min(output.Length, s_input.Length))), "a byte was shown that was not sent", evidence);
        if (status == 0)
        {
            Promise.Keep(output.Length == InputLength, "not all was shown, and the exit status is 0", evidence);
            Promise.Keep(error.Length == 0, "it complains, and the exit status is 0", evidence);
            return Outcome.Unnoticed;
        }

        // The receiver has no handler for these: they end it, and that is what a shell tells.
        bool endedBySignal = target == Target.Receiver && injection is { Ends: true }
            && status == SignalBase + (injection.What == "SIGTERM" ? 15 : 14);
        bool isTold = injection is not null && status == 1 && Reason.IsComplaint(error, "echo-client") && NamesReason(error, injection);
        Promise.Keep(endedBySignal || isTold, $"it ended with {status}, and nobody was told why", evidence);
        return Outcome.OneEnded;
    }

    // That a socket is connected already is what an interrupted connect(2) says in the end: it is believed, and the
    // first use of the socket tells otherwise.
    private static bool NamesReason(string error, Injection injection) =>
        injection.Kind == InjectionKind.Error
            ? Reason.NamesCall(error, injection)
                || error.Contains("server closed the connection", StringComparison.Ordinal)
                || (injection is { Call: "connect", What: "EISCONN" } && error.Contains(ErrorTable.Describe("ENOTCONN"), StringComparison.Ordinal))
                || (injection.Call == "socket" && IsToldByConnect(error, injection))
            : error.Contains($"the sending process was killed by {injection.What}", StringComparison.Ordinal);

    // A family of addresses that the system lacks is like an address that does not answer: the next one is tried.
    private static bool IsToldByConnect(string error, Injection injection) =>
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
            // The client has ended.
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
