using System;
using System.Collections.Generic;
using System.Globalization;
using EchoNative.Testing;

namespace EchoNative.Benchmark;

/// <summary>The servers: ours, those in C, and others that are installed.</summary>
internal sealed class ServerCatalogue
{
    private const string Localhost = "127.0.0.1";
    private const int EchoPort = 7;

    private readonly List<ServerProgram> _others = [];
    private readonly List<string> _missing = [];

    public ServerCatalogue()
    {
        AddOther("socat", "socat", "socat", (tool, port) => [tool, $"TCP-LISTEN:{port},bind={Localhost},fork,reuseaddr", "PIPE"]);
        AddOther("ncat", "ncat", "ncat", (tool, port) => [tool, "-l", "-k", "-e", "/bin/cat", Localhost, port]);

        // -c: more children at a time than the load needs; -H -R -l: no lookups.
        AddOther(
            "tcpserver",
            "tcpserver",
            "ucspi-tcp",
            (tool, port) => [tool, "-c", "1000", "-HR", "-l", "0", Localhost, port, "cat"]);
        AddInetd();
    }

    public static ServerProgram Ours { get; } =
        new("ours", (_, _) => [Lab.Ours("echo-server"), "--max-clients", "0", "0"]) { HasOurLog = true };

    public static ServerProgram StaticC { get; } = Reference("static C", "echo-server-static");

    public static ServerProgram DynamicC { get; } = Reference("dynamic C", "echo-server-dynamic");

    /// <summary>The C server whose children echo by splice(2).</summary>
    public static ServerProgram SpliceC { get; } = Reference("splice in C", "echo-server-splice");

    /// <summary>The C server that serves its clients one after the other, without fork.</summary>
    public static ServerProgram ForklessC { get; } = Reference("C without fork", "echo-server-forkless");

    /// <summary>The other servers that are installed.</summary>
    public IReadOnlyList<ServerProgram> Others => _others;

    /// <summary>Why each of the other servers is missing, and how to install it.</summary>
    public IReadOnlyList<string> Missing => _missing;

    private static ServerProgram Reference(string name, string file) =>
        new(name, (_, _) => [Lab.Reference(file), "0"]) { HasOurLog = true };

    private void AddOther(string name, string file, string package, Func<string, string, IReadOnlyList<string>> command)
    {
        if (Tool.TryFind(file) is not string tool)
        {
            _missing.Add($"{name} is missing: apt-get install {package}");
            return;
        }

        _others.Add(new ServerProgram(name, (port, _) => command(tool, port.ToString(CultureInfo.InvariantCulture))));
    }

    /// <summary>Adds inetd. It has the service echo built in, on port 7 only, which needs root.</summary>
    private void AddInetd()
    {
        if (Tool.TryFind("inetd") is not string tool)
        {
            _missing.Add("inetd is missing: apt-get install openbsd-inetd");
        }
        else if (!Environment.IsPrivilegedProcess)
        {
            _missing.Add("inetd is left out: its own echo has port 7, which only root may take");
        }
        else
        {
            // -i: in the foreground. -R: by default inetd disables a service with many connections.
            _others.Add(new ServerProgram("inetd", (_, configuration) => [tool, "-i", "-R", "1000000000", configuration])
            {
                FixedPort = EchoPort,
                Configuration = $"{Localhost}:echo stream tcp nowait root internal\n",
            });
        }
    }
}
