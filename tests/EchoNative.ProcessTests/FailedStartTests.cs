using System.Globalization;
using System.IO;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>Servers that can't start, and can't say so: their standard error takes no more bytes.</summary>
public sealed class FailedStartTests
{
    // Fills a connection whose other end nobody reads, and starts the program with it as standard error.
    private const string Script = """
        import os, socket, subprocess, sys
        near, far = socket.socketpair()
        far.setblocking(False)
        try:
            while True: far.send(bytes(4096))
        except BlockingIOError: pass
        try:
            while True: far.send(b"0")
        except BlockingIOError: pass
        far.setblocking(True)
        program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=far)
        print(program.pid, flush=True)
        print("ended", program.wait(), flush=True)
        """;

    [Theory]
    [InlineData("TERM", -15)]
    [InlineData("INT", -2)]
    [InlineData("HUP", -1)]
    public void A_signal_ends_a_server_that_can_not_say_that_its_port_is_taken(string signal, int status)
    {
        using RunningServer server = new("--bind", "127.0.0.1");
        AssertEnds(signal, status, Binary.Server, "--bind", "127.0.0.1", $"{server.Port}");
    }

    [Fact]
    public void A_signal_ends_a_server_that_can_not_say_that_its_address_is_not_local() =>
        AssertEnds("TERM", -15, Binary.Server, "--bind", "192.0.2.1", "0");

    private static void AssertEnds(string signal, int status, params string[] command)
    {
        using RunningProgram starter = new("python3", ["-c", Script, .. command]);
        Deadline.WaitUntil(() => starter.Output.Contains('\n'), "the program starts", () => starter.Transcript);
        int processId = int.Parse(starter.Output, CultureInfo.InvariantCulture);
        Deadline.WaitUntil(() => IsWriting(processId), "the server writes to the full connection", () => starter.Transcript);
        RunningProgram.Send(processId, signal);
        try
        {
            Assert.Equal(0, starter.WaitForExit());
            Assert.Equal($"{processId}\nended {status}\n", starter.Output);
        }
        finally
        {
            if (!starter.HasExited)
            {
                RunningProgram.Send(processId, "KILL");
            }
        }
    }

    // write(2) to descriptor 2; see proc_pid_syscall(5).
    private static bool IsWriting(int processId) =>
        File.ReadAllText($"/proc/{processId}/syscall").Split(' ') is ["1" or "64", "0x2", ..];
}
