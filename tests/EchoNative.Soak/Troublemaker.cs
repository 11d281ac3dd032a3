using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>What happens to a server from outside: its children are killed, and the system runs out of things.</summary>
/// <param name="server">The server.</param>
/// <param name="seed">Where chance begins.</param>
internal sealed class Troublemaker(RunningServer server, int seed)
{
    private const int LongestPeace = 100;
    private const int LongestShortage = 300;
    private const int KillsBetweenShortages = 20;

    private readonly Random _random = new(seed);

    /// <summary>Kills a child now and then, and takes descriptors or processes away for a moment.</summary>
    public void Run(CancellationToken stop)
    {
        for (int round = 1; !stop.IsCancellationRequested; round++)
        {
            Thread.Sleep(_random.Next(LongestPeace));
            KillOne();
            if (round % KillsBetweenShortages == 0)
            {
                // Descriptors 0 to 3 are in use: there is none for a client. And no user may have less than one
                // process.
                Shorten(round / KillsBetweenShortages % 2 == 0 ? ("nofile", 4) : ("nproc", 1));
            }
        }
    }

    private void KillOne()
    {
        string[] children = File.ReadAllText($"/proc/{server.Program.Id}/task/{server.Program.Id}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (children.Length == 0)
        {
            return;
        }

        try
        {
            using Process child = Process.GetProcessById(int.Parse(children[_random.Next(children.Length)], CultureInfo.InvariantCulture));
            child.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }

    // Only the soft limit, by which it can be raised again, and as the user whose server it is: not every root may
    // do that to others.
    private void Shorten((string Resource, int Limit) shortage)
    {
        string usual = Limit($"--{shortage.Resource}", "--output", "SOFT", "--noheadings").Trim();
        _ = Limit($"--{shortage.Resource}={shortage.Limit}:");
        Thread.Sleep(_random.Next(LongestShortage));
        _ = Limit($"--{shortage.Resource}={usual}:");
    }

    private string Limit(params string[] options)
    {
        string user = ProcessTable.StatusOf(server.Program.Id, "Uid").Split('\t')[0];
        string group = ProcessTable.StatusOf(server.Program.Id, "Gid").Split('\t')[0];
        return SystemCommand.Run(
            "setpriv", ["--reuid", user, "--regid", group, "--clear-groups", "prlimit", "--pid", $"{server.Program.Id}", .. options]);
    }
}
