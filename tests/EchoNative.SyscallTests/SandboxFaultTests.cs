using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>Kernels without the features of the sandbox, and privileges that can't be dropped.</summary>
public sealed class SandboxFaultTests
{
    [Theory]
    [InlineData("seccomp:error=ENOSYS:when=1", "Function not implemented")] // before Linux 3.17
    [InlineData("seccomp:error=EINVAL:when=1", "Invalid argument")] // built without it
    [InlineData("seccomp:error=EACCES:when=1", "Permission denied")]
    [InlineData("seccomp:retval=4711:when=1", "No such process")] // the number of a thread that did not follow
    public void Without_a_filter_the_server_reports_it_once_and_serves(string fault, string reason)
    {
        using TracedServer server = new("-e", $"inject={fault}");
        Assert.Equal("abc", server.Echo("abc"));
        Assert.Equal("def", server.Echo("def"));
        server.WaitForRemoved(2);
        Trace trace = server.Stop();
        _ = Assert.Single(trace.Injected);
        Assert.Equal($"echo-server: seccomp() error: {reason} (serving without a filter of system calls)\n", server.Error);
        AssertBothThreadsMake(trace, call => call.FirstArgument == "PR_SET_NO_NEW_PRIVS");
        AssertBothThreadsMake(trace, call => call.Name == "capset");
    }

    [Theory]
    [InlineData("seccomp:error=ENOSYS", "Function not implemented")]
    [InlineData("seccomp:error=EINVAL", "Invalid argument")]
    [InlineData("seccomp:retval=4711", "No such process")]
    public void Without_a_filter_a_server_that_requires_one_does_not_start(string fault, string reason)
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["port"], "of a server that runs");
        string message = $"seccomp() error: {reason} (--sandbox=require)";
        AssertNotStarted(fault, message, "--sandbox=require", "--port-file", folder["port"]);
        Assert.Equal([folder["port"]], Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal("of a server that runs", File.ReadAllText(folder["port"]));
        AssertNotStarted(fault, message, "--sandbox=require", "--inetd");
    }

    [Fact]
    public void Without_a_filter_each_line_of_a_log_for_programs_is_JSON()
    {
        using TracedServer server = new(["-e", "inject=seccomp:error=ENOSYS"], ["--log", "json"]);
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        _ = server.Stop();
        string error = Assert.Single(server.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using JsonDocument line = JsonDocument.Parse(error);
        Assert.Equal("seccomp", line.RootElement.GetProperty("call").GetString());
        Assert.All(
            server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), output => JsonDocument.Parse(output).Dispose());
    }

    [Theory]
    [InlineData("2>&1", "")]
    [InlineData("", "echo-server: seccomp() error: Function not implemented (serving without a filter of system calls)\n")]
    public void Under_inetd_a_missing_filter_is_reported_but_not_to_the_client(string redirection, string error)
    {
        string strace = "strace -f -qq -o /dev/null -e trace=seccomp -e inject=seccomp:error=ENOSYS";
        using RunningProgram server = new(
            "bash", ["-c", $"exec {strace} \"$0\" --inetd --quiet <<<hello {redirection}", Binary.Server]);
        Assert.Equal(0, server.WaitForExit());
        Assert.Equal(("hello\n", error), (server.Output, server.Error));
    }

    [Fact]
    public void Without_no_new_privileges_the_server_sets_no_filter_reports_it_and_serves()
    {
        Trace startup = Startup.Server;
        int number = startup.OccurrenceOf(startup.Main, "prctl", call => call.FirstArgument == "PR_SET_NO_NEW_PRIVS");
        using TracedServer server = new("-e", $"inject=prctl:error=EINVAL:when={number}");
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        _ = Assert.Single(trace.Injected, call => call.FirstArgument == "PR_SET_NO_NEW_PRIVS");
        Assert.Empty(trace.CallsOf(trace.Main, "seccomp"));
        Assert.StartsWith("echo-server: seccomp() error: Invalid argument (", server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_can_not_give_up_its_capabilities_does_not_start()
    {
        AssertNotStarted("capset:error=EPERM:when=1", "capset() error: Operation not permitted (giving up all capabilities)");
    }

    [Fact]
    public void Without_a_key_the_server_does_not_start()
    {
        Trace startup = Startup.Server;
        int number = startup.CallsOf(startup.Main, "getrandom").Count;
        AssertNotStarted($"getrandom:error=ENOSYS:when={number}", "getrandom() error: Function not implemented (key)");
    }

    [Fact]
    public void A_server_whose_key_would_be_copied_to_children_does_not_start() =>
        AssertNotStarted("madvise:error=ENOMEM", "madvise() error: Cannot allocate memory (key)");

    [Fact]
    public void The_filter_is_in_force_for_both_threads_before_the_server_says_that_it_listens()
    {
        Trace trace = Startup.Server;
        SystemCall filter = Assert.Single(trace.Calls, call => call.Name == "seccomp");
        Assert.Contains("SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC", filter.Arguments, default);
        SystemCall listening = trace.CallsOf(trace.Main, "write").First(call => call.Arguments.Contains("listening on", default));
        Assert.True(filter.IsBefore(listening));
        AssertBothThreadsMake(trace, call => call.Name == "capset");
    }

    [Fact]
    public void Without_a_sandbox_nothing_is_given_up()
    {
        using TracedServer server = new([], ["--no-sandbox"]);
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.DoesNotContain(trace.Calls, call => call.Name is "seccomp" or "capset");
        Assert.DoesNotContain(trace.Calls, call => call.FirstArgument == "PR_SET_NO_NEW_PRIVS");
    }

    private static void AssertBothThreadsMake(Trace trace, Func<SystemCall, bool> isMeant) =>
        Assert.Equal(2, trace.Calls.Where(isMeant).Select(call => call.ProcessId).Distinct().Count());

    private static void AssertNotStarted(string fault, string reason, params string[] options)
    {
        string[] port = options.Contains("--inetd") ? [] : ["0"];
        using TracedProgram server = new(Binary.Server, [.. options, .. port], ["-e", $"inject={fault}"]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal($"echo-server: {reason}\n", server.Program.Error);
        Assert.Empty(server.Program.Output);
    }
}
