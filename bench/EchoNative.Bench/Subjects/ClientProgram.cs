using System;
using System.Collections.Generic;
using System.Globalization;

namespace EchoNative.Bench;

/// <summary>A client that sends its standard input and writes what comes back.</summary>
/// <param name="Name">What it is called in the results.</param>
/// <param name="Command">The command, by port.</param>
internal sealed record ClientProgram(string Name, Func<string, IReadOnlyList<string>> Command)
{
    public static ClientProgram Ours { get; } =
        new("ours", port => [Lab.Ours("echo-client"), "--raw", "127.0.0.1", port]);

    /// <summary>The others that are installed here.</summary>
    /// <param name="missing">Where those that are not are named, each with the way to get it.</param>
    public static IReadOnlyList<ClientProgram> FindOthers(ICollection<string> missing)
    {
        List<ClientProgram> others = [];

        // There are several programs of the name nc. -N, the half-close, is OpenBSD's.
        if ((Tool.Find("nc.openbsd") ?? Tool.Find("nc")) is string nc)
        {
            others.Add(new ClientProgram("nc -N", port => [nc, "-N", "127.0.0.1", port]));
        }
        else
        {
            missing.Add("nc is missing: apt-get install netcat-openbsd");
        }

        // -t: by default it waits for half a second only when one direction has ended.
        if (Tool.Find("socat") is string socat)
        {
            others.Add(new ClientProgram("socat", port => [socat, "-t", "60", "-", $"TCP:127.0.0.1:{port}"]));
        }

        return others;
    }

    public IReadOnlyList<string> CommandFor(int port) => Command(port.ToString(CultureInfo.InvariantCulture));

    public override string ToString() => Name;
}
