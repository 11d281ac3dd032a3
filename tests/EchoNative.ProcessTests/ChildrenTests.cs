using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

public sealed class ChildrenTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, " (exit status 1)")]
    [InlineData(200, " (exit status 200)")]
    public void A_child_of_the_program_before_it_is_removed_with_its_own_status_and_drops_no_line(int status, string told)
    {
        string script = $"exec 9<&0; (read -r line <&9; exit {status}) & exec \"$0\" \"$@\" 9<&-";
        using RunningServer server = new("bash", ["-c", script, Binary.Server]);
        int foreign = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        server.Program.Type("\n");
        Assert.Equal($"removed proc id: {foreign}{told}", server.WaitForLine("^removed proc id"));
        server.AssertServes();
        server.WaitForRemoved(2);
        Assert.Equal(0, server.Stop());
        Assert.DoesNotContain("log flows", server.Program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Children_that_debuggers_hold_are_left_and_the_server_ends()
    {
        using RunningServer server = new("--grace", "0");
        using Socket client = server.Connect();
        using Socket other = server.Connect();
        client.AssertEchoes();
        other.AssertEchoes();
        int[] children = [.. ProcessTable.ChildrenOf(server.Program.Id)];
        Assert.Equal(2, children.Length);
        using RunningProgram tracer = Hold(children[0]);
        using RunningProgram otherTracer = Hold(children[1]);
        server.Program.Signal("TERM");
        Deadline.WaitUntil(() => server.Program.HasExited, "the server ends", () => server.Program.Transcript);
        Assert.Contains("summary", server.Program.Output, StringComparison.Ordinal);
        tracer.Signal("CONT");
        otherTracer.Signal("CONT");
        Assert.Equal(1, server.Program.WaitForExit());
        Assert.Equal(
            children.Select(child => $"echo-server: kill() error: the process has not ended (proc id {child} is left)").Order(),
            server.Program.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
    }

    [Fact]
    public void Children_that_die_together_are_all_removed()
    {
        const int Clients = 50;
        using RunningServer server = new();
        List<Socket> clients = ConnectAll(server, Clients);

        // The parent is stopped, so the SIGCHLD of all its children become one pending signal.
        server.Program.Signal("STOP");
        foreach (int child in ProcessTable.ChildrenOf(server.Program.Id))
        {
            RunningProgram.Send(child, "KILL");
        }

        Deadline.WaitUntil(() => ProcessTable.ZombiesOf(server.Program.Id).Count == Clients, "all children are dead");
        server.Program.Signal("CONT");
        server.WaitForRemoved(Clients);
        Assert.Empty(ProcessTable.ChildrenOf(server.Program.Id));
        Assert.All(server.RemovedLines, line => Assert.EndsWith(" (killed by SIGKILL)", line, StringComparison.Ordinal));
        clients.ForEach(client => client.Dispose());
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void Among_hundreds_the_dead_are_removed_however_old_they_are()
    {
        const int Living = 300;
        using RunningServer server = new();
        List<Socket> clients = ConnectAll(server, Living);
        int[] children = [.. ProcessTable.ChildrenOf(server.Program.Id).Order()];
        Assert.Equal(Living, children.Length);

        // One at a time, the oldest and the youngest.
        foreach (int child in (int[])[children[0], children[^1]])
        {
            RunningProgram.Send(child, "KILL");
            _ = server.WaitForLine($@"^removed proc id: {child} \(killed by SIGKILL\)$");
        }

        // Many at once, so that their signals merge into one, and so many that few children are left.
        server.Program.Signal("STOP");
        foreach (int child in children[1..200])
        {
            RunningProgram.Send(child, "KILL");
        }

        Deadline.WaitUntil(() => ProcessTable.ZombiesOf(server.Program.Id).Count == 199, "all are dead");
        server.Program.Signal("CONT");
        server.WaitForRemoved(201);
        Assert.Empty(ProcessTable.ZombiesOf(server.Program.Id));
        clients.ForEach(client => client.Dispose());
        server.WaitForRemoved(Living);
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void Among_hundreds_short_connections_leave_no_zombie()
    {
        const int Living = 300;
        const int Short = 1000;
        using RunningServer server = new();
        List<Socket> clients = ConnectAll(server, Living);
        using (
            RunningProgram bench = new(
                Binary.Bench, ["connect", "127.0.0.1", $"{server.Port}", "--count", $"{Short}", "--connections", "50"]))
        {
            Assert.True(bench.WaitForExit() == 0, bench.Transcript);
        }

        server.WaitForRemoved(Short);
        Assert.Equal(Living, ProcessTable.ChildrenOf(server.Program.Id).Count);
        Assert.Empty(ProcessTable.ZombiesOf(server.Program.Id));
        server.Program.Signal("TERM");
        clients.ForEach(client => client.Dispose());
        Assert.Equal(0, server.Program.WaitForExit());
        Assert.Equal(Living + Short, server.RemovedLines.Count);
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public void A_killed_child_is_reported_and_other_sessions_go_on(string signal)
    {
        using RunningServer server = new();
        using Socket first = server.Connect();
        server.WaitForConnected(1);
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        using Socket second = server.Connect();
        server.WaitForConnected(2);
        RunningProgram.Send(child, signal);
        _ = server.WaitForLine($@"^removed proc id: {child} \(killed by SIG{signal}\)$");
        second.AssertEchoes();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("HUP")]
    public void A_child_ignores_the_signals_of_the_terminal(string signal)
    {
        using RunningServer server = new();
        using Socket client = server.Connect();
        server.WaitForConnected(1);
        RunningProgram.Send(Assert.Single(ProcessTable.ChildrenOf(server.Program.Id)), signal);
        client.AssertEchoes();
    }

    [Fact]
    public void A_child_has_the_standard_streams_and_its_client_and_nothing_else()
    {
        using RunningServer server = new("bash", ["-c", "exec 7</dev/null 9>/dev/null; exec \"$0\" \"$@\"", Binary.Server]);
        using Socket first = server.Connect();
        using Socket second = server.Connect();
        server.WaitForConnected(2);
        ProcessTable.WaitForDescriptors(server.Program.Id, [0, 1, 2, 3]);
        IReadOnlyDictionary<int, string> parent = ProcessTable.DescriptorsOf(server.Program.Id);
        HashSet<string> sockets = [];
        foreach (int child in ProcessTable.ChildrenOf(server.Program.Id))
        {
            IReadOnlyDictionary<int, string> descriptors = ProcessTable.DescriptorsOf(child);
            Assert.Equal([0, 1, 2, 4], descriptors.Keys.Order());
            Assert.StartsWith("socket:", descriptors[4], StringComparison.Ordinal);
            Assert.NotEqual(parent[3], descriptors[4]);
            Assert.True(sockets.Add(descriptors[4]), "two children share a socket");
        }

        Assert.Equal(2, sockets.Count);
    }

    [Fact]
    public void A_child_has_no_listening_socket()
    {
        using RunningServer server = new("--bind", "127.0.0.1", "--bind", "::1", "--bind", "127.0.0.2");
        using Socket client = server.Connect("::1");
        server.WaitForConnected(1);
        ProcessTable.WaitForDescriptors(server.Program.Id, [0, 1, 2, 3, 4, 5]);
        Assert.Equal(3, ProcessTable.DescriptorsOf(server.Program.Id).Values.Count(IsSocket));
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        Assert.Single(ProcessTable.DescriptorsOf(child).Values, IsSocket);
    }

    [Fact]
    public void A_killed_child_makes_room_for_exactly_one_client()
    {
        using RunningServer server = new("--max-clients", "2", "--busy", "refuse");
        using Socket first = server.Connect();
        server.WaitForConnected(1);
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        using Socket second = server.Connect();
        server.WaitForConnected(2);
        RunningProgram.Send(child, "KILL");
        server.WaitForRemoved(1);
        using Socket third = server.Connect();
        third.AssertEchoes();
        using Socket fourth = server.Connect();
        Assert.True(fourth.IsAtEnd());
        second.AssertEchoes();
    }

    [Fact]
    public void At_the_limit_the_parent_sleeps_whatever_its_children_do()
    {
        using RunningServer server = new("--max-clients", "1");
        using Socket first = server.Connect();
        server.WaitForConnected(1);
        using Socket waiting = server.Connect();
        first.AssertEchoes();

        // The child may answer before its parent sleeps.
        _ = server.WaitForLine("^limit reached");
        ProcessTable.WaitForIdle(server.Program.Id);
        string before = ProcessTable.StatusOf(server.Program.Id, "voluntary_ctxt_switches");
        for (int i = 0; i < 20; i++)
        {
            first.AssertEchoes();
        }

        Assert.Equal(before, ProcessTable.StatusOf(server.Program.Id, "voluntary_ctxt_switches"));
    }

    [Fact]
    public void A_child_that_is_stopped_can_not_keep_the_server_from_ending()
    {
        using RunningServer server = new("--grace", "0");
        using Socket client = server.Connect();
        server.WaitForConnected(1);
        RunningProgram.Send(Assert.Single(ProcessTable.ChildrenOf(server.Program.Id)), "STOP");
        Assert.Equal(0, server.Stop());
        Assert.EndsWith(" (killed by SIGKILL)", Assert.Single(server.RemovedLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public void A_stop_reaches_all_children_that_are_left_after_others_have_ended(string signal)
    {
        // The limit makes places of ended children be used again.
        using RunningServer server = new("--max-clients", "9", "--grace", signal == "TERM" ? "0" : "1000");
        List<Socket> clients = [.. Enumerable.Range(0, 9).Select(_ => server.Connect())];
        server.WaitForConnected(9);
        CloseEach(clients, [0, 1, 4, 5]);
        server.WaitForRemoved(4);
        clients.AddRange([server.Connect(), server.Connect()]);
        server.WaitForConnected(11);
        CloseEach(clients, [6]);
        server.WaitForRemoved(5);
        server.Program.Signal("TERM");
        _ = server.WaitForLine(@"^stopping\.\.\. 6 active, ");
        if (signal == "KILL")
        {
            server.Program.Signal("TERM");
        }

        Assert.Equal(0, server.Program.WaitForExit());
        Assert.Equal(6, server.RemovedLines.Count(line => line.EndsWith($" (killed by SIG{signal})", StringComparison.Ordinal)));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public void A_new_server_takes_the_port_while_a_child_of_the_old_one_still_serves()
    {
        using RunningServer old = new();
        using Socket client = old.Connect();
        old.WaitForConnected(1);
        int child = Assert.Single(ProcessTable.ChildrenOf(old.Program.Id));
        RunningProgram.Send(old.Program.Id, "KILL");
        Deadline.WaitUntil(() => old.Program.HasExited, "the old server is dead");
        using RunningProgram next = new(Binary.Server, [$"{old.Port}"]);
        Deadline.WaitUntil(
            () => next.Output.Contains("listening", StringComparison.Ordinal), "the new server listens", () => next.Transcript);
        client.AssertEchoes();
        client.Close();
        Deadline.WaitUntil(() => ProcessTable.StateOf(child) is null or 'Z', "the old child ends");
    }

    [Fact]
    public void SIGUSR1_to_a_child_does_nothing_to_its_session()
    {
        using RunningServer server = new();
        using Socket client = server.Connect();
        server.WaitForConnected(1);
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        for (int i = 0; i < 3; i++)
        {
            client.AssertEchoes();
            RunningProgram.Send(child, "USR1");
        }

        client.Close();
        server.WaitForRemoved(1);
        Assert.Equal($"removed proc id: {child}", Assert.Single(server.RemovedLines));
        Assert.Equal(0, server.Stop());
        Assert.Single(server.Lines, line => line.StartsWith("summary", StringComparison.Ordinal));
    }

    [Fact]
    public void An_idle_server_and_its_idle_child_use_no_processor_time()
    {
        using RunningServer server = new();
        using Socket client = server.Connect();
        client.AssertEchoes();
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        int[] processes = [server.Program.Id, child];
        Deadline.WaitUntil(() => processes.All(id => ProcessTable.StateOf(id) == 'S'), "both sleep");
        string[] before = [.. processes.Select(Switches)];
        Thread.Sleep(millisecondsTimeout: 500);
        Assert.Equal(before, processes.Select(Switches));
    }

    [Fact]
    public void There_are_two_threads_and_the_finalizer_blocks_the_handled_signals()
    {
        using RunningServer server = new();
        IReadOnlyList<int> threads = ProcessTable.ThreadsOf(server.Program.Id);
        Assert.Equal(2, threads.Count);
        int finalizer = threads.Single(thread => thread != server.Program.Id);
        Assert.Equal(".NET Finalizer", ProcessTable.StatusOf(finalizer, "Name"));
        ulong blocked = Convert.ToUInt64(ProcessTable.StatusOf(finalizer, "SigBlk"), 16);
        foreach (int signal in new[] { 1, 2, 15, 17 })
        {
            Assert.NotEqual(0ul, blocked & (1ul << (signal - 1)));
        }
    }

    [Fact]
    public void A_concurrent_garbage_collector_is_refused()
    {
        // The collector starts its thread at its first collection: counting threads at the start would not find it.
        using RunningProgram server = new(
            Binary.Server, ["0"], new Dictionary<string, string> { ["DOTNET_gcConcurrent"] = "1" });
        Deadline.WaitUntil(
            () => server.HasExited || server.Output.Contains('\n', StringComparison.Ordinal), "it starts or refuses");
        Assert.True(server.HasExited, server.Transcript);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal(
            "echo-server: fork() error: Operation not supported (concurrent garbage collection is on (DOTNET_gcConcurrent))\n",
            server.Error);
    }

    [Fact]
    public void A_garbage_collector_with_threads_of_its_own_can_not_be_switched_on()
    {
        using RunningServer server = new(
            "env", ["DOTNET_gcServer=1", "DOTNET_GCHeapCount=4", Binary.Server]);
        Assert.Equal(2, ProcessTable.ThreadsOf(server.Program.Id).Count);
    }

    // How often the kernel put the process to sleep: a process that does nothing is never even woken.
    private static string Switches(int processId) =>
        ProcessTable.StatusOf(processId, "voluntary_ctxt_switches") + "/" + ProcessTable.TicksOf(processId);

    private static bool IsSocket(string target) => target.StartsWith("socket:", StringComparison.Ordinal);

    private static List<Socket> ConnectAll(RunningServer server, int count)
    {
        List<Socket> clients = [.. Enumerable.Range(0, count).Select(_ => server.Connect())];
        server.WaitForConnected(count);
        return clients;
    }

    // As a debugger that has stopped it.
    internal static RunningProgram Hold(int child)
    {
        RunningProgram tracer = new("strace", ["-p", $"{child}"]);
        Deadline.WaitUntil(() => tracer.Error.Contains("attached", StringComparison.Ordinal), "the child is traced");
        tracer.Signal("STOP");
        Deadline.WaitUntil(() => ProcessTable.StateOf(tracer.Id) == 'T', "the tracer is stopped");
        return tracer;
    }

    private static void CloseEach(List<Socket> clients, int[] places) => Array.ForEach(places, place => clients[place].Close());
}
