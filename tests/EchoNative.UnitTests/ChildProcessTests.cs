using System;
using System.Runtime.InteropServices;
using System.Text;
using EchoNative.Posix;
using EchoNative.Testing;

namespace EchoNative.UnitTests;

/// <summary>
/// The tests start children by posix_spawn(3), so that only the test waits for them, and wait for each by its process id:
/// a wait for any child would also reap those of the class library's Process.
/// </summary>
public sealed partial class ChildProcessTests
{
    private const int Interruptions = 20;

    [Fact]
    public void A_process_that_is_no_child_is_not_reaped()
    {
        Assert.False(ChildProcess.TryReap(int.MaxValue, out WaitStatus status));
        Assert.Equal(default, status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(255)]
    public void The_exit_status_of_a_child_is_returned(int exitStatus)
    {
        WaitStatus status = ChildProcess.Wait(Spawn($"exit {exitStatus}"));
        Assert.True(status.IsExit);
        Assert.False(status.IsKilled);
        Assert.Equal(exitStatus, status.ExitStatus);
        Assert.Equal(exitStatus == 0, status.IsSuccess);
    }

    [Fact]
    public void A_child_is_reaped_once_it_has_ended_and_not_before()
    {
        int child = Spawn("kill -STOP $$; exit 5");
        Deadline.WaitUntil(() => ProcessTable.StateOf(child) == 'T', "the child is stopped");
        Assert.False(ChildProcess.TryReap(child, out WaitStatus _));
        Assert.True(ProcessTable.Exists(child));

        ChildProcess.Send(child, (Signal)18); // SIGCONT
        WaitStatus status = default;
        Deadline.WaitUntil(() => ChildProcess.TryReap(child, out status), "the child has ended");
        Assert.Equal(5, status.ExitStatus);
        Assert.False(ChildProcess.TryReap(child, out WaitStatus _));
    }

    [Theory]
    [InlineData(Signal.Kill, "KILL")]
    [InlineData(Signal.Terminate, "TERM")]
    [InlineData(Signal.Hangup, "HUP")]
    public void The_signal_that_ends_a_child_is_returned(Signal signal, string name)
    {
        // If the tests were started by nohup, SIGHUP is ignored, and a process keeps that over exec(2).
        int child = Spawn("exec env --default-signal sleep 1000");
        Deadline.WaitUntil(() => ProcessTable.StatusOf(child, "Name") == "sleep", "the child sleeps");
        ChildProcess.Send(child, signal);
        WaitStatus status = ChildProcess.Wait(child);
        Assert.True(status.IsKilled);
        Assert.False(status.IsExit);
        Assert.False(status.IsSuccess);
        Assert.Equal((int)signal, status.SignalNumber);
        Assert.Equal(name, Encoding.ASCII.GetString(status.SignalName));
    }

    [Fact]
    public void An_interrupted_wait_continues()
    {
        int child = Spawn("exec sleep 1000");
        WaitStatus status = default;
        ThreadInKernel waiting = new(() => status = ChildProcess.Wait(child));
        waiting.Interrupt(Interruptions);
        Assert.False(waiting.HasReturned, "the wait ended though the child has not");
        ChildProcess.Send(child, Signal.Kill);
        waiting.Join();
        Assert.True(status.IsKilled);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Nothing_is_sent_to_a_group_of_processes(int processId) =>
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => ChildProcess.Send(processId, Signal.None));

    [Fact]
    public void The_process_id_is_the_one_that_the_class_library_knows() =>
        Assert.Equal(Environment.ProcessId, CurrentProcess.Id);

    private static unsafe int Spawn(string script)
    {
        fixed (byte* shell = "/bin/sh\0"u8, option = "-c\0"u8, text = Encoding.UTF8.GetBytes(script + '\0'))
        {
            byte** arguments = stackalloc byte*[] { shell, option, text, null };
            byte** environment = stackalloc byte*[] { null };
            int child;
            Assert.Equal(0, PosixSpawn(&child, shell, null, null, arguments, environment));
            return child;
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int PosixSpawn(
        int* processId, byte* path, void* fileActions, void* attributes, byte** arguments, byte** environment);
}
