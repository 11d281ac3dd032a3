using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;

namespace EchoNative.Soak;

/// <summary>Two servers, hundreds of clients of each, and trouble.</summary>
internal static class Disorder
{
    private const int ClientsOfEach = 150;
    private const int Room = 80;
    private const int StackLength = 256 * 1024;

    // Somebody without privileges, whom limits bind. No other process should be his.
    private const string Somebody = "54321:54321";

    /// <summary>Runs it.</summary>
    /// <param name="duration">How long there is trouble; what is under way then comes to its end.</param>
    /// <returns>Whether nothing is wrong, and the report.</returns>
    public static (bool IsGood, string Report) Run(TimeSpan duration)
    {
        string[] common = ["--user", Somebody, "--idle-timeout", "5", "--backlog", "1000"];
        using Subject waiting = new("a server whose clients wait at the limit", Room, common);
        using Subject refusing = new("a server that refuses at its limits", Room, [.. common, "--busy", "refuse", "--max-per-peer", "7"]);
        VanishingHost host = new(waiting.Server.Port);
        ConcurrentQueue<Exception> failures = new();
        using CancellationTokenSource stop = new(duration);
        List<Action<CancellationToken>> work =
        [
            host.Run,
            new Troublemaker(waiting.Server, 1).Run,
            new Troublemaker(refusing.Server, 2).Run,
        ];
        foreach (Subject subject in new[] { waiting, refusing })
        {
            int offset = subject == waiting ? 0 : ClientsOfEach;
            work.AddRange(Enumerable.Range(offset, ClientsOfEach)
                .Select<int, Action<CancellationToken>>(number => new Client(number, subject.Server.Port, subject.Connections).Run));
        }

        List<Thread> threads = [.. work.Select(one => Start(one, failures, stop))];
        threads.ForEach(thread => thread.Join());
        return Report([waiting.Conclude(), refusing.Conclude()], host.Vanished, failures);
    }

    private static Thread Start(Action<CancellationToken> work, ConcurrentQueue<Exception> failures, CancellationTokenSource stop)
    {
        Thread thread = new(() => Try(() => work(stop.Token), failures, stop), StackLength);
        thread.Start();
        return thread;
    }

    private static void Try(Action work, ConcurrentQueue<Exception> failures, CancellationTokenSource stop)
    {
        try
        {
            work();
        }
        catch (Exception exception)
        {
            failures.Enqueue(exception);
            stop.Cancel();
        }
    }

    private static (bool IsGood, string Report) Report(Finding[] findings, int vanished, ConcurrentQueue<Exception> failures)
    {
        StringBuilder text = new();
        foreach (Exception failure in failures)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{failure}\n");
        }

        foreach (Finding finding in findings)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{finding}\n");
        }

        _ = text.Append(
            CultureInfo.InvariantCulture,
            $"{findings.Sum(one => one.Whole)} connections served, {findings.Sum(one => one.Log.Killed)} children killed, {vanished} clients vanished, "
            + $"{findings.Sum(one => one.Bytes)} bytes compared, lost {findings.Sum(one => one.Lost)}");
        bool isGood = failures.IsEmpty && vanished > 0 && findings.All(one => one.IsGood && one.Log.Killed > 0);
        return (isGood, text.ToString());
    }
}
