using System;
using System.Collections.Generic;
using System.IO;

namespace EchoNative.Testing;

/// <summary>
/// Runs a script in namespaces of its own, see namespaces(7): its sockets, mounts and processes are invisible outside, and
/// end with it.
/// </summary>
public static class Sandbox
{
    // The script is the first process of its process namespace: when it ends, the kernel kills all others.
    private static readonly string[] s_unshare =
        ["unshare", "--net", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"];

    // Any user is root in a user namespace.
    private static readonly string[] s_asRoot = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];

    // Its own addresses, a file system that disappears with the namespace, and the tested programs first on the path.
    // Remove nothing at the end: folders of this machine may be mounted below it.
    private const string Prologue = """
        set -eu
        ip link set lo up
        mount -t tmpfs tmpfs "$1"
        cd "$1"
        PATH=$2/bin:$PATH
        shift 2
        # within_time COMMAND...: until it succeeds, or for half a minute.
        within_time() {
            local try
            for try in $(seq 1 600); do
                "$@" && return
                sleep 0.05
            done
            echo "in vain: $*" >&2
            return 1
        }

        """;

    /// <summary>Runs a script of bash in an empty folder.</summary>
    /// <param name="script">Its text.</param>
    /// <param name="arguments">$1 and so on.</param>
    public static ToolRun Run(string script, params IEnumerable<string> arguments)
    {
        DirectoryInfo mountPoint = Directory.CreateTempSubdirectory("echo-native-");
        try
        {
            string[] bash = ["bash", "-c", Prologue + script, "bash", mountPoint.FullName, Binary.Root];
            return ToolRun.Run(s_unshare[0], [.. s_unshare[1..], .. s_asRoot, .. bash, .. arguments]);
        }
        finally
        {
            // Outside of the namespace the folder stayed empty. Otherwise this fails and removes nothing.
            mountPoint.Delete();
        }
    }

    /// <summary>Runs a script of bash. The test fails if the exit status is not 0.</summary>
    /// <returns>Its standard output.</returns>
    public static string Check(string script, params IEnumerable<string> arguments)
    {
        ToolRun tool = Run(script, arguments);
        return tool.ExitStatus == 0 ? tool.Output : throw new InvalidOperationException(tool.Transcript);
    }
}
