using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.Benchmark;

/// <summary>
/// The memory of a child that waits for its client, and of the parent. A page that several processes share counts in part
/// for each of them (Pss), so the number of a child depends on how many children there are: ten.
/// </summary>
internal static class Memory
{
    private const int Children = 10;
    private const int Rounds = 3;
    private const double Mega = 1e6;

    // The limits for the parent, in KiB, and for the binary, in MB.
    private const double AnonymousLimit = 400;
    private const double BinaryLimit = 2.5;

    public static IEnumerable<Row> Measure(Lab lab)
    {
        ServerProgram ours = ServerCatalogue.Ours;
        ServerProgram other = ServerCatalogue.StaticC;
        Series<ServerProgram, Usage> series =
            Lab.Interleave("memory", [ours, other], Rounds, program => MeasureOne(lab, program));

        yield return series.Compare(
            "private memory of an idle child", ours, other, Target.AtMost(1.1), Unit.Kibibytes, usage => usage.Child);
        if (series.IsValid(ours))
        {
            double anonymous = Enumerable.Range(0, Rounds).Max(round => series[ours, round].Parent);
            yield return Row.OfLimit(
                "parent's anonymous memory", "limit", Target.AtMost(1), Unit.Kibibytes, anonymous, AnonymousLimit);
        }

        double binary = new FileInfo(Lab.Ours("echo-native")).Length / Mega;
        yield return Row.OfLimit("size of the binary", "limit", Target.AtMost(1), Unit.Megabytes, binary, BinaryLimit);
    }

    private static Usage MeasureOne(Lab lab, ServerProgram program)
    {
        using MeasuredServer server = new(lab, program);
        List<TcpClient> clients = [];
        try
        {
            for (int client = 0; client < Children; client++)
            {
                clients.Add(Greet(server.Port));
            }

            double[] children = [.. ProcessTable.ChildrenOf(server.Id).Select(PrivateMemoryOf).Order()];
            return children.Length == Children
                ? new Usage(children[Children / 2], ProcessTable.ReadKibibytes($"/proc/{server.Id}/status", "RssAnon"))
                : throw new MeasurementException($"{children.Length} children for {Children} clients");
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    // A child that has echoed once has used all the memory that a session uses.
    private static TcpClient Greet(int port)
    {
        TcpClient client = new();
        client.Connect(IPAddress.Loopback, port);
        NetworkStream stream = client.GetStream();
        stream.Write("hello"u8);
        stream.ReadExactly(new byte["hello"u8.Length]);
        return client;
    }

    private static double PrivateMemoryOf(int processId)
    {
        string folder = "/proc/" + processId.ToString(CultureInfo.InvariantCulture);
        return ProcessTable.ReadKibibytes(folder + "/smaps_rollup", "Pss")
            + ProcessTable.ReadKibibytes(folder + "/status", "VmPTE");
    }

    /// <summary>Memory in KiB.</summary>
    private readonly record struct Usage(double Child, double Parent);
}
