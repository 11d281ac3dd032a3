using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>
/// The open descriptors of the server's processes, for each way to start it. A child that was taken over can use whatever it
/// has open, so it must have its connection and the standard streams, and nothing else.
/// </summary>
public sealed class DescriptorTests : IDisposable
{
    // The descriptor of the socket to the service manager. The file of --port-file has the next number that is free.
    private const int Manager = 10;

    private const string Notify = "NOTIFY_SOCKET=\"$3/notify\" ";

    private readonly ScratchFolder _folder = new();
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public DescriptorTests() => _manager.Bind(new UnixDomainSocketEndPoint(_folder["notify"]));

    // Only root may change the user.
    private static string User => Environment.IsPrivilegedProcess ? "--user 4711:4712" : "";

    /// <summary>
    /// How many sockets the server is started with, the command of bash that starts it ($0), without passed sockets on the port
    /// $1, and the parent's descriptors from 3 on.
    /// </summary>
    public static TheoryData<int, string, int[]> Starts => new()
    {
        { 0, "exec \"$0\" $1", [3] },
        { 0, "exec \"${0%/*}/echo-native\" server $1", [3] },
        { 0, "exec \"$0\" --bind 127.0.0.1 --bind ::1 $1", [3, 4] },
        { 0, $"exec \"$0\" {User} $1", [3] },
        { 0, "exec \"$0\" --no-sandbox --idle-timeout 60 --max-per-peer 9 $1", [3] },
        { 0, "exec \"$0\" --log json --quiet $1", [3] },
        { 0, "exec \"$0\" --timestamps --backlog 9 --grace 0 $1", [3] },
        { 0, "exec \"$0\" --port-file \"$3/port\" $1", [3, Manager] },
        { 0, "exec \"$0\" --ready-fd 3 $1 3>\"$3/port\"", [4] }, // 3 is in use until the port is written
        { 0, "exec \"$0\" --ready-fd 9 $1 9>\"$3/port\"", [3] },
        { 0, Notify + "exec \"$0\" $1", [3, Manager] },
        { 0, Notify + "exec \"$0\" --ready-fd 10 $1 10>\"$3/port\"", [3, Manager + 1] },

        // A starter that leaves its files open, or closes the standard streams.
        { 0, "exec \"$0\" $1 3</dev/null 4</dev/null 250<\"$0\"", [3] },
        { 0, "exec \"$0\" --ready-fd 9 $1 3</dev/null 8</dev/null 9>\"$3/port\" 10</dev/null", [3] },
        { 0, "exec \"$0\" $1 <\"$0\"", [3] },
        { 0, "exec \"$0\" $1 <&-", [3] },
        { 0, "exec \"$0\" $1 >&-", [3] },
        { 0, "exec \"$0\" $1 2>&-", [3] },
        { 0, "exec \"$0\" $1 <&- >&- 2>&- 5</dev/null", [3] },

        // Sockets that are passed by LISTEN_FDS.
        { 1, "exec \"$0\"", [3] },
        { 1, "exec \"${0%/*}/echo-native\" server", [3] },
        { 2, "exec \"$0\"", [3, 4] },
        { 3, "exec \"$0\"", [3, 4, 5] },
        { 3, "export LISTEN_FDNAMES=one:two:three; exec \"$0\"", [3, 4, 5] },
        { 2, "export LISTEN_FDNAMES=; exec \"$0\" 5</dev/null 10</dev/null", [3, 4] },
        { 1, "exec \"$0\" --ready-fd 9 4</dev/null 9>\"$3/port\"", [3] },
        { 2, "exec \"$0\" --ready-fd 5 5>\"$3/port\"", [3, 4] },
        { 1, Notify + "exec \"$0\" --port-file \"$3/port\" --backlog 9 --log json", [3, Manager, Manager + 1] },
        { 3, Notify + "exec \"$0\" <&- >&- 2>&-", [3, 4, 5, Manager] },
        { 1, $"exec \"$0\" {User}", [3] },

        // Sockets for another process are files that were left open.
        { 0, "LISTEN_PID=1 LISTEN_FDS=1 exec \"$0\" $1 3</dev/null", [3] },
    };

    /// <summary>A command of bash that starts the server ($0) with a connection as descriptor 3.</summary>
    public static TheoryData<string> InetdStarts =>
    [
        "exec \"$0\" --inetd <&3 3<&-",
        "exec \"$0\" --inetd <&3 >&3 2>&3",
        "exec \"$0\" --inetd --log json --idle-timeout 60 <&3 4</dev/null 250</dev/null",
        "exec \"${0%/*}/echo-native\" server --inetd <&3 >&- 2>&-",
    ];

    [Theory]
    [MemberData(nameof(Starts))]
    public void A_child_has_its_connection_and_the_standard_streams(int passed, string start, int[] opened)
    {
        (int port, int next) = (Loopback.FreePort(), Loopback.FreePort());
        string line = passed > 0 ? Activated(passed, start) : start;
        using RunningProgram server = new("bash", ["-c", line, Binary.Server, $"{port}", $"{next}", _folder.Path]);
        using Socket client = WaitForConnection(server, port);
        client.AssertEchoes();
        ProcessTable.WaitForDescriptors(server.Id, [0, 1, 2, .. opened]);
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Id));

        // The connection has the lowest number that is free in the parent.
        int connection = Enumerable.Range(3, opened.Length + 1).Except(opened).First();
        ProcessTable.WaitForDescriptors(child, [0, 1, 2, connection]);
        IReadOnlyDictionary<int, string> parents = ProcessTable.DescriptorsOf(server.Id);
        IReadOnlyDictionary<int, string> childs = ProcessTable.DescriptorsOf(child);
        Assert.All(opened, number => Assert.Matches("^socket:|/port$", parents[number]));
        Assert.All([0, 1, 2], number => Assert.Equal(parents[number], childs[number]));
        Assert.Equal("/dev/null", parents[0]);
        Assert.StartsWith("socket:", childs[connection], StringComparison.Ordinal);
        Assert.DoesNotContain(childs[connection], parents.Values);
    }

    [Fact]
    public void Where_there_is_no_dev_null_standard_input_is_a_pipe_that_nobody_writes()
    {
        // The folder with the devices is covered, so nothing there can be opened any more.
        string answer = Sandbox.Check("""
            exec 3</dev/null
            mount -t tmpfs tmpfs /dev
            echo-server --quiet --port-file port 0 </etc/hostname >log 2>&1 &
            within_time [ -s port ]
            exec 4<>"/dev/tcp/127.0.0.1/$(cat port)"
            echo hello >&4
            read -r line <&4
            child=$(cat "/proc/$!/task/$!/children")
            echo "$line" $(readlink "/proc/$!/fd/0" "/proc/${child% }/fd/0" | sed 's/:.*//') $(timeout 9 cat "/proc/$!/fd/0")
            kill $!
            """);
        Assert.Equal("hello pipe pipe\n", answer);
    }

    [Theory]
    [MemberData(nameof(InetdStarts))]
    public void Under_inetd_the_process_has_the_standard_streams_only(string start)
    {
        int port = Loopback.FreePort();
        using RunningProgram superServer = new(
            Tool.Find("systemd-socket-activate", "systemd"),
            ["--accept", "--listen", $"127.0.0.1:{port}", "bash", "-c", start, Binary.Server]);
        using Socket client = WaitForConnection(superServer, port);
        client.AssertEchoes();
        int server = Assert.Single(ProcessTable.ChildrenOf(superServer.Id));
        ProcessTable.WaitForDescriptors(server, [0, 1, 2]);
        Assert.StartsWith("socket:", ProcessTable.DescriptorsOf(server)[0], StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _manager.Dispose();
        _folder.Dispose();
    }

    // systemd-socket-activate listens on so many addresses, and becomes the server when the first client connects.
    private static string Activated(int sockets, string start)
    {
        string[] addresses = ["127.0.0.1:$1", "[::1]:$1", "127.0.0.1:$2"];
        string listen = string.Concat(addresses.Take(sockets).Select(address => $" --listen {address}"));
        return $"exec systemd-socket-activate{listen} bash -c '{start}' \"$0\" $1 $2 \"$3\"";
    }

    private static Socket WaitForConnection(RunningProgram server, int port)
    {
        Socket? socket = null;
        Deadline.WaitUntil(
            () => (socket = Loopback.TryConnect(port)) is not null || server.HasExited,
            "the server listens",
            () => server.Transcript);
        return socket ?? throw new InvalidOperationException(server.Transcript);
    }
}
