using System;
using System.Collections.Generic;
using System.Globalization;

namespace EchoNative.Bench;

/// <summary>The servers: ours, the C ones, and those of others that are installed here.</summary>
internal sealed class ServerCatalogue
{
    private const string Loopback = "127.0.0.1";
    private const int EchoPort = 7;

    private readonly List<ServerProgram> _others = [];
    private readonly List<string> _missing = [];

    public ServerCatalogue()
    {
        AddOther("socat", "socat", "socat", (tool, port) => [tool, $"TCP-LISTEN:{port},bind={Loopback},fork,reuseaddr", "PIPE"]);
        AddOther("ncat", "ncat", "ncat", (tool, port) => [tool, "-l", "-k", "-e", "/bin/cat", Loopback, port]);

        // -c: more children at once than the load asks for; -H -R -l: no lookups.
        AddOther("tcpserver", "tcpserver", "ucspi-tcp", (tool, port) => [tool, "-c", "1000", "-HR", "-l", "0", Loopback, port, "cat"]);
        AddInetd();
    }

    public static ServerProgram Ours { get; } =
        new("ours", (_, _) => [Lab.Ours("echo-server"), "--max-clients", "0", "0"]) { SpeaksOurWords = true };

    public static ServerProgram StaticC { get; } = Reference("static C", "echo-server-static");

    public static ServerProgram DynamicC { get; } = Reference("dynamic C", "echo-server-dynamic");

    /// <summary>The C server whose children pass everything on by splice(2).</summary>
    public static ServerProgram SpliceC { get; } = Reference("splice in C", "echo-server-splice");

    /// <summary>The C server that does everything itself.</summary>
    public static ServerProgram ForklessC { get; } = Reference("C without fork", "echo-server-forkless");

    /// <summary>Those of others that are here.</summary>
    public IReadOnlyList<ServerProgram> Others => _others;

    /// <summary>The others that are not, each with the way to get it.</summary>
    public IReadOnlyList<string> Missing => _missing;

    private static ServerProgram Reference(string name, string file) =>
        new(name, (_, _) => [Lab.Reference(file), "0"]) { SpeaksOurWords = true };

    private void AddOther(string name, string file, string package, Func<string, string, IReadOnlyList<string>> command)
    {
        if (Tool.Find(file) is not string tool)
        {
            _missing.Add($"{name} is missing: apt-get install {package}");
            return;
        }

        _others.Add(new ServerProgram(name, (port, _) => command(tool, port.ToString(CultureInfo.InvariantCulture))));
    }

    /// <summary>inetd's own echo belongs to the service of that name, which has port 7, which is root's.</summary>
    private void AddInetd()
    {
        if (Tool.Find("inetd") is not string tool)
        {
            _missing.Add("inetd is missing: apt-get install openbsd-inetd");
        }
        else if (!Environment.IsPrivilegedProcess)
        {
            _missing.Add("inetd is left out: its own echo has port 7, which only root may take");
        }
        else
        {
            // -i: in the foreground. -R: by default a service that is called often is switched off.
            _others.Add(new ServerProgram("inetd", (_, configuration) => [tool, "-i", "-R", "1000000000", configuration])
            {
                FixedPort = EchoPort,
                Configuration = $"{Loopback}:echo stream tcp nowait root internal\n",
            });
        }
    }
}
