using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>Does harm to a server from outside: kills its children, and takes away descriptors or processes.</summary>
/// <param name="server">The server.</param>
/// <param name="seed">The seed of the random numbers.</param>
internal sealed class FaultSource(RunningServer server, int seed)
{
    private const int MaxPause = 100;
    private const int MaxShortage = 300;
    private const int KillsPerShortage = 20;

    private readonly Random _random = new(seed);

    /// <summary>Kills children at random times; now and then, lets accept(2) or fork(2) fail for a moment.</summary>
    public void Run(CancellationToken stop)
    {
        for (int round = 1; !stop.IsCancellationRequested; round++)
        {
            Thread.Sleep(_random.Next(MaxPause));
            KillOne();
            if (round % KillsPerShortage == 0)
            {
                // nofile=4: descriptors 0 to 3 are in use, so accept(2) fails. nproc=1: the server itself is the one
                // process that the user may have, so fork(2) fails.
                LimitForAMoment(round / KillsPerShortage % 2 == 0 ? ("nofile", 4) : ("nproc", 1));
            }
        }
    }

    private void KillOne()
    {
        IReadOnlyList<int> children = ProcessTable.ChildrenOf(server.Program.Id);
        if (children.Count == 0)
        {
            return;
        }

        try
        {
            using Process child = Process.GetProcessById(children[_random.Next(children.Count)]);
            child.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // The child has ended by itself.
        }
    }

    // Lowers the soft limit only, so that it can be raised again. prlimit(1) runs as the user of the server: root needs
    // CAP_SYS_RESOURCE for the processes of other users, and in a container it may lack that.
    private void LimitForAMoment((string Resource, int Limit) shortage)
    {
        string usual = Limit($"--{shortage.Resource}", "--output", "SOFT", "--noheadings").Trim();
        _ = Limit($"--{shortage.Resource}={shortage.Limit}:");
        Thread.Sleep(_random.Next(MaxShortage));
        _ = Limit($"--{shortage.Resource}={usual}:");
    }

    private string Limit(params string[] options)
    {
        string user = ProcessTable.StatusOf(server.Program.Id, "Uid").Split('\t')[0];
        string group = ProcessTable.StatusOf(server.Program.Id, "Gid").Split('\t')[0];
        string[] asUser = ["--reuid", user, "--regid", group, "--clear-groups"];
        return SystemCommand.Run("setpriv", [.. asUser, "prlimit", "--pid", $"{server.Program.Id}", .. options]);
    }
}
