using System;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>The cost of a connection, in numbers that do not depend on the machine or its load.</summary>
public sealed class ForkCostTests
{
    // A child that had the memory which only its parent needs would have more.
    private const long MostAnonymous = 1024 * 1024;

    [Fact]
    public void A_child_has_no_anonymous_memory_beyond_its_variables_and_its_buffer()
    {
        using RunningServer server = new();
        using System.Net.Sockets.Socket client = server.Connect();
        server.WaitForConnected(1);
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        Assert.InRange(AnonymousBytesOf(server.Program.Id), 2 * MostAnonymous, long.MaxValue);
        Assert.InRange(AnonymousBytesOf(child), 1, MostAnonymous);
        client.AssertEchoes();
    }

    // The addresses differ from start to start, and the kernel joins neighbouring mappings: hence several starts.
    [Fact]
    public void The_mappings_that_a_fork_copies_or_leaves_out_are_few_at_every_start()
    {
        const int Starts = 8;
        const int MostCopiedBeyondC = 2;
        const int MostLeftOut = 12;
        int inC = MappingsOfAChild(Binary.StaticC).Child;
        for (int start = 0; start < Starts; start++)
        {
            (int child, int leftOut) = MappingsOfAChild(Binary.Server);
            TestContext.Current.TestOutputHelper?.WriteLine($"copied {child} (static C {inC}), left out {leftOut}");
            Assert.InRange(child, 1, inC + MostCopiedBeyondC);
            Assert.InRange(leftOut, 1, MostLeftOut);
        }
    }

    [Fact]
    public void A_connection_takes_as_many_minor_page_faults_as_in_static_C_and_three_more_at_the_most()
    {
        double ours = FaultsAConnection(Binary.Server);
        double other = FaultsAConnection(Binary.StaticC);
        TestContext.Current.TestOutputHelper?.WriteLine($"ours {ours}, static C {other}");
        Assert.InRange(ours, 1, other + 3);
    }

    private static (int Child, int LeftOut) MappingsOfAChild(string path)
    {
        using RunningServer server = new(path, []);
        using System.Net.Sockets.Socket client = server.Connect();
        server.WaitForConnected(1);
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        return (ProcessMemory.MappingsOf(child).Count, ProcessMemory.CountLeftOutByFork(server.Program.Id));
    }

    private static double FaultsAConnection(string path)
    {
        const int WarmUp = 200;
        const int Count = 1000;
        using RunningServer server = new(path, []);
        Connect(server, WarmUp);
        server.WaitForRemoved(WarmUp);
        long before = ProcessTable.MinorFaultsOf(server.Program.Id);
        Connect(server, Count);
        server.WaitForRemoved(WarmUp + Count);
        Assert.Equal(WarmUp + Count, server.RemovedLines.Count(line => !line.Contains('(', StringComparison.Ordinal)));
        return (double)(ProcessTable.MinorFaultsOf(server.Program.Id) - before) / Count;
    }

    private static void Connect(RunningServer server, int count)
    {
        using RunningProgram bench = new(Binary.Bench, ["connect", "127.0.0.1", $"{server.Port}", "--count", $"{count}"]);
        Assert.True(bench.WaitForExit() == 0, bench.Transcript);
    }

    private static long AnonymousBytesOf(int processId) =>
        ProcessMemory.MappingsOf(processId).Where(mapping => mapping.IsAnonymous).Sum(mapping => mapping.Length);
}
