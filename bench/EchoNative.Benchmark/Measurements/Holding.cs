using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Benchmark;

/// <summary>
/// Ten thousand clients at once, each served by its own process; and how many further clients the server serves per second
/// at the same time.
/// </summary>
internal static class Holding
{
    // Kept free for everything else on the machine.
    private const int Reserve = 500;

    // How much longer the clients stay than the measurement of the further clients takes, in seconds.
    private const int SpareSeconds = 4;

    // The memory of one child, with that of the kernel for it, is at most this many KiB.
    private const int MemoryOfOne = 300;

    public static IEnumerable<Row> Measure(Lab lab)
    {
        (int most, string limit) = FindLimit();
        int count = Math.Min(lab.Plan.HeldConnections, most);
        if (count < lab.Plan.HeldConnections)
        {
            Lab.Log($"only {count} connections can be held here: {limit}");
        }

        string number = count.ToString("N0", CultureInfo.InvariantCulture);
        string rate = $"connections a second, {number} live";
        Series<string, Round> series = Lab.Interleave("holding", ["ours"], lab.Plan.HeldRounds, _ => MeasureOne(lab, count));
        Row failed = series.Compare(rate, "ours", "ours", Target.AtLeast(0.8), Unit.PerSecond, _ => 0);
        if (!failed.IsValid)
        {
            yield return failed;
            yield break;
        }

        Round[] rounds = [.. Enumerable.Range(0, lab.Plan.HeldRounds).Select(round => series["ours", round])];
        string held = "connections held, each answering";
        yield return Row.OfLimit(
            count < lab.Plan.HeldConnections ? $"{held} ({limit})" : held,
            "wanted", Target.AtLeast(1), Unit.Count, rounds.Min(round => round.Held), lab.Plan.HeldConnections);
        yield return failed with
        {
            Against = "ours, none live",
            Rounds = [.. rounds.Select(round => new Pair(round.RateBeside, round.RateAlone))],
        };
    }

    private static Round MeasureOne(Lab lab, int count)
    {
        using MeasuredServer server = new(lab, ServerCatalogue.Ours);
        double alone = ConnectionRate.Measure(lab, server).Rate;
        double duration = lab.Plan.Seconds + lab.Plan.WarmupSeconds + SpareSeconds;
        using LoadGenerator holder = LoadGenerator.Start(
            lab, server, $"--connections {count} --warmup 0 --duration {duration} hold");
        Deadline.WaitUntil(
            () => holder.HasExited || ProcessTable.ChildrenOf(server.Id).Count >= count, $"{count} children live");

        // Each connection must echo at the beginning and at the end. In between the load generator sends on one after the
        // other. It is stopped here, so that it takes no processor time from the measurement.
        Thread.Sleep(TimeSpan.FromSeconds(1));
        double beside = holder.WhileStopped(() => ConnectionRate.MeasureAmongOthers(lab, server).Rate);
        bool stayed = !holder.HasExited;
        LoadResult held = holder.Finish();
        server.CheckChildren();
        return stayed
            ? new Round(held.Held, alone, beside)
            : throw new MeasurementException("the clients did not stay long enough");
    }

    /// <summary>Finds how many connections can be held on this machine, and the limit that decides.</summary>
    private static (int Count, string Limit) FindLimit()
    {
        List<(long Count, string Limit)> limits =
        [
            (ReadLimit("Max open files"), "open files (ulimit -Hn)"),
            (ReadNumber("/proc/sys/kernel/pid_max") - CountProcesses(), "kernel.pid_max"),
            (ReadNumber("/proc/sys/kernel/threads-max") - CountProcesses(), "kernel.threads-max"),
            (CountPorts(), "net.ipv4.ip_local_port_range"),
            (ProcessTable.ReadKibibytes("/proc/meminfo", "MemAvailable") / MemoryOfOne, "memory"),
        ];
        if (!Environment.IsPrivilegedProcess)
        {
            limits.Add((ReadLimit("Max processes") - CountProcesses(), "processes of a user (ulimit -Hu)"));
        }

        (long count, string limit) = limits.MinBy(entry => entry.Count);
        return ((int)Math.Clamp(count - Reserve, 1, int.MaxValue), limit);
    }

    /// <summary>Reads a hard limit. echo-bench and the server raise their soft limit to it if they need to.</summary>
    private static long ReadLimit(string name)
    {
        string line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith(name, StringComparison.Ordinal));
        string hard = line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return hard == "unlimited" ? int.MaxValue : long.Parse(hard, CultureInfo.InvariantCulture);
    }

    private static long ReadNumber(string path) => long.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture);

    // The fourth field of /proc/loadavg is "running/existing".
    private static long CountProcesses() =>
        long.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[3].Split('/')[1], CultureInfo.InvariantCulture);

    private static long CountPorts()
    {
        long[] ends = [.. File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t', ' ').Select(long.Parse)];
        return ends[1] - ends[0];
    }

    private readonly record struct Round(double Held, double RateAlone, double RateBeside);
}
