using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;

namespace EchoNative.Soak;

/// <summary>Runs two servers, each with 150 clients that misbehave, while children are killed and limits are hit.</summary>
internal static class SoakRun
{
    private const int ClientsOfEach = 150;
    private const int MaxClients = 80;
    private const int StackLength = 256 * 1024;

    // A user and group without privileges, so that limits apply. No other process should run under this user.
    private const string Unprivileged = "54321:54321";

    /// <summary>Runs the soak.</summary>
    /// <param name="duration">How long faults and connections are started. Sessions that are open then end as planned.</param>
    /// <returns>Whether there was no error, and the report.</returns>
    public static (bool IsGood, string Report) Run(TimeSpan duration)
    {
        string[] common = ["--user", Unprivileged, "--idle-timeout", "5", "--backlog", "1000"];
        using SoakedServer waiting = new("a server whose clients wait at the limit", MaxClients, common);
        using SoakedServer refusing = new(
            "a server that refuses at its limits", MaxClients, [.. common, "--busy", "refuse", "--max-per-peer", "7"]);
        VanishingHost host = new(waiting.Server.Port);
        ConcurrentQueue<Exception> failures = new();
        using CancellationTokenSource stop = new(duration);
        List<Action<CancellationToken>> work =
        [
            host.Run,
            new FaultSource(waiting.Server, 1).Run,
            new FaultSource(refusing.Server, 2).Run,
        ];
        foreach (SoakedServer soaked in new[] { waiting, refusing })
        {
            int offset = soaked == waiting ? 0 : ClientsOfEach;
            work.AddRange(Enumerable.Range(offset, ClientsOfEach)
                .Select<int, Action<CancellationToken>>(
                    number => new RandomClient(number, soaked.Server.Port, soaked.Connections).Run));
        }

        List<Thread> threads = [.. work.Select(one => Start(one, failures, stop))];
        threads.ForEach(thread => thread.Join());
        return Report([waiting.Finish(), refusing.Finish()], host.VanishedClients, failures);
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

    private static (bool IsGood, string Report) Report(ServerReport[] reports, int vanished, ConcurrentQueue<Exception> failures)
    {
        StringBuilder text = new();
        foreach (Exception failure in failures)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{failure}\n");
        }

        foreach (ServerReport report in reports)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{report}\n");
        }

        _ = text.Append(
            CultureInfo.InvariantCulture,
            $"{reports.Sum(one => one.Whole)} connections served, {reports.Sum(one => one.Log.Killed)} children killed, "
            + $"{vanished} clients vanished, {reports.Sum(one => one.Bytes)} bytes compared, "
            + $"lost {reports.Sum(one => one.Lost)}");
        bool isGood = failures.IsEmpty && vanished > 0 && reports.All(one => one.IsGood && one.Log.Killed > 0);
        return (isGood, text.ToString());
    }
}
