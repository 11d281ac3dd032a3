using System;
using System.Collections.Generic;
using System.IO;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

/// <summary>
/// Namespaces of a script's own, see namespaces(7): whatever it binds, mounts or starts is nobody else's, and gone
/// with it.
/// </summary>
internal static class Sandbox
{
    // The script's process is the first of its process namespace: when it ends, all others are killed.
    private static readonly string[] s_unshare =
        ["unshare", "--net", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"];

    // Who is not root is so in a namespace.
    private static readonly string[] s_asRoot = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];

    // Addresses of its own; a file system that is gone with the namespace; what is tested stands first on the path.
    // Nothing is to be removed at the end, and nothing may be: this machine's folders may be mounted in there.
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
            // Outside of the namespace it has stayed empty. Where it has not, this fails and removes nothing.
            mountPoint.Delete();
        }
    }

    /// <summary>Runs a script of bash, and takes any other exit status than 0 for a failure of the test.</summary>
    /// <returns>Its standard output.</returns>
    public static string Check(string script, params IEnumerable<string> arguments)
    {
        ToolRun tool = Run(script, arguments);
        return tool.ExitStatus == 0 ? tool.Output : throw new InvalidOperationException(tool.Transcript);
    }
}
