using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>Restarts one of three servers behind HAProxy every second, while 64 clients use them.</summary>
internal static class RestartRun
{
    private const int Servers = 3;
    private const int Clients = 64;
    private const int StackLength = 256 * 1024;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    /// <param name="restarts">The number of restarts. Each takes a second or more.</param>
    /// <param name="configuration">The configuration of HAProxy; see <see cref="OperatingPage.Configuration"/>.</param>
    /// <returns>Whether no session was lost, and the report.</returns>
    public static (bool IsGood, string Report) Run(int restarts, string configuration)
    {
        List<RestartedServer> servers = [];
        try
        {
            servers.AddRange(Enumerable.Range(0, Servers).Select(_ => new RestartedServer()));
            using LoadBalancer balancer = new(configuration, [.. servers.Select(server => server.Port)]);
            balancer.WaitUntilAllAreUp();
            return Run(restarts, servers, balancer);
        }
        finally
        {
            servers.ForEach(server => server.Dispose());
        }
    }

    private static (bool IsGood, string Report) Run(int restarts, List<RestartedServer> servers, LoadBalancer balancer)
    {
        ConcurrentQueue<string> losses = new();
        using CancellationTokenSource stop = new();
        List<BalancedClient> clients =
            [.. Enumerable.Range(0, Clients).Select(number => new BalancedClient(number, balancer.Port, losses))];
        List<Thread> threads = [.. clients.Select(client => new Thread(() => client.Run(stop.Token), StackLength))];
        threads.ForEach(thread => thread.Start());
        try
        {
            for (int restart = 0; restart < restarts; restart++)
            {
                Restart(servers[restart % Servers], balancer);
            }
        }
        finally
        {
            stop.Cancel();
            threads.ForEach(thread => thread.Join());
        }

        servers.ForEach(server => server.Stop());
        return Report(restarts, servers, clients.Sum(client => client.Whole), losses);
    }

    // A load balancer that finds two servers of three down is not what this is about: it waits until all are up again.
    private static void Restart(RestartedServer server, LoadBalancer balancer)
    {
        Stopwatch watch = Stopwatch.StartNew();
        server.Restart();
        TimeSpan left = s_interval - watch.Elapsed;
        Thread.Sleep(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        balancer.WaitUntilAllAreUp();
    }

    private static (bool IsGood, string Report) Report(
        int restarts, List<RestartedServer> servers, int whole, ConcurrentQueue<string> losses)
    {
        string reasons = string.Concat(losses.GroupBy(reason => reason).Select(group => $"{group.Count()} lost {group.Key}\n"));
        int withSessions = servers.Sum(server => server.StopsWithSessions);
        string counts = string.Create(
            CultureInfo.InvariantCulture,
            $"{whole} sessions whole, {losses.Count} lost, {restarts} restarts, {withSessions} of them with sessions");
        return (losses.IsEmpty && whole > 0 && withSessions > 0, reasons + counts);
    }
}
