using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>HAProxy on a free port, with a configuration like that of docs/operating.md.</summary>
internal sealed class LoadBalancer : IDisposable
{
    // Columns of "show stat": svname and status.
    private const int NameColumn = 1;
    private const int StatusColumn = 17;

    private readonly ScratchFolder _folder = new();
    private readonly RunningProgram _program;
    private readonly int _servers;

    /// <summary>Starts it.</summary>
    /// <param name="configuration">The configuration of the page. Its servers are replaced.</param>
    /// <param name="serverPorts">The ports of the servers on 127.0.0.1.</param>
    public LoadBalancer(string configuration, IReadOnlyList<int> serverPorts)
    {
        Port = Loopback.FreePort();
        _servers = serverPorts.Count;
        IEnumerable<string> lines = configuration.Split('\n').Where(line => !line.StartsWith("    server ", default))
            .Concat(serverPorts.Select(port => $"    server echo-{port} 127.0.0.1:{port}"));
        string text = OperatingPage.Replace(string.Join('\n', lines), "bind 127.0.0.1:9190", $"bind 127.0.0.1:{Port}");
        File.WriteAllText(
            _folder["haproxy.cfg"], OperatingPage.Replace(text, "unix@haproxy.sock", $"unix@{_folder["socket"]}") + "\n");
        _program = new RunningProgram(Tool.Find("haproxy", "haproxy"), ["-db", "-f", _folder["haproxy.cfg"]]);
    }

    /// <summary>The port for clients.</summary>
    public int Port { get; }

    /// <summary>Waits until it sends new clients to all servers.</summary>
    public void WaitUntilAllAreUp() =>
        Deadline.WaitUntil(() => CountUp() == _servers, "HAProxy finds all servers up", () => _program.Transcript);

    /// <inheritdoc/>
    public void Dispose()
    {
        TestOutput.Write(_program.Transcript);
        _program.Dispose();
        _folder.Dispose();
    }

    private int CountUp()
    {
        if (!File.Exists(_folder["socket"]))
        {
            return 0;
        }

        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(_folder["socket"]));
        socket.SendText("show stat\n");

        // A server with a failed check that is not taken out yet has the status "UP 1/2".
        return Loopback.ReceiveAll(socket).Split('\n').Select(line => line.Split(','))
            .Count(line => line.Length > StatusColumn
                && line[NameColumn].StartsWith("echo-", StringComparison.Ordinal)
                && line[StatusColumn] == "UP");
    }
}
