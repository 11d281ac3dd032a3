using System;
using System.Collections.Generic;
using System.Globalization;
using EchoNative.Testing;

namespace EchoNative.Benchmark;

/// <summary>A client that sends its standard input and writes what comes back.</summary>
/// <param name="Name">Its name in the results.</param>
/// <param name="Command">Makes the command from the port.</param>
internal sealed record ClientProgram(string Name, Func<string, IReadOnlyList<string>> Command)
{
    public static ClientProgram Ours { get; } =
        new("ours", port => [Lab.Ours("echo-client"), "--raw", "127.0.0.1", port]);

    /// <summary>The other clients that are installed.</summary>
    /// <param name="missing">Takes a line for each client that is missing: how to install it.</param>
    public static IReadOnlyList<ClientProgram> FindOthers(ICollection<string> missing)
    {
        List<ClientProgram> others = [];

        // Several programs are called nc. Only that of OpenBSD has -N, the half-close.
        if ((Tool.TryFind("nc.openbsd") ?? Tool.TryFind("nc")) is string nc)
        {
            others.Add(new ClientProgram("nc -N", port => [nc, "-N", "127.0.0.1", port]));
        }
        else
        {
            missing.Add("nc is missing: apt-get install netcat-openbsd");
        }

        // -t: by default socat ends half a second after the end of one direction.
        if (Tool.TryFind("socat") is string socat)
        {
            others.Add(new ClientProgram("socat", port => [socat, "-t", "60", "-", $"TCP:127.0.0.1:{port}"]));
        }

        return others;
    }

    public IReadOnlyList<string> CommandFor(int port) => Command(port.ToString(CultureInfo.InvariantCulture));

    public override string ToString() => Name;
}
