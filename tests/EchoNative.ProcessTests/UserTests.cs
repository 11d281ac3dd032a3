using System;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>
/// --user: the rights of root are used for binding and then given up for good. Where the tests do not run as root, they
/// check the error instead.
/// </summary>
public sealed class UserTests
{
    private const string Nobody = "65534";

    [Theory]
    [InlineData("nobody", Nobody, Nobody)]
    [InlineData("65534", Nobody, Nobody)]
    [InlineData("nobody:daemon", Nobody, "1")]
    [InlineData("4711:4712", "4711", "4712")]
    public void Parent_and_child_have_the_rights_of_that_user_only(string user, string userId, string groupId)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            AssertNotPermitted(Binary.Server, ["--user", user, "0"], $"{userId}:{groupId}");
            return;
        }

        using RunningServer server = new("--user", user);
        using Socket client = server.Connect();
        client.AssertEchoes();
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        ProcessTable.WaitForDescriptors(server.Program.Id, [0, 1, 2, 3]);
        foreach (int process in (int[])[server.Program.Id, .. ProcessTable.ThreadsOf(server.Program.Id), child])
        {
            // Real, effective, saved and that of the file system; see proc_pid_status(5).
            Assert.Equal(string.Join('\t', userId, userId, userId, userId), ProcessTable.StatusOf(process, "Uid"));
            Assert.Equal(string.Join('\t', groupId, groupId, groupId, groupId), ProcessTable.StatusOf(process, "Gid"));
            Assert.Equal(groupId, ProcessTable.StatusOf(process, "Groups"));
            Assert.Equal("0000000000000000", ProcessTable.StatusOf(process, "CapPrm"));
            Assert.Equal("0000000000000000", ProcessTable.StatusOf(process, "CapEff"));
        }

        client.Close();
        server.WaitForRemoved(1);
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void A_port_that_only_root_may_bind_is_bound_before_the_user_changes()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            using RunningProgram refused = new(Binary.Server, ["--user", "nobody", "7"]);
            Assert.Equal(1, refused.WaitForExit());
            Assert.Equal("echo-server: bind() error: Permission denied (0.0.0.0:7)\n", refused.Error);
            return;
        }

        // In a network namespace of its own, where port 7 is free.
        const string Script = """
            ip link set lo up 2>/dev/null
            "$1" --user nobody 7 & server=$!
            for try in {1..300}; do
                printf 'hello\n' | "$2" --raw 127.0.0.1 7 2>/dev/null && break
                sleep 0.1
            done
            kill "$server"
            wait "$server"
            """;
        using RunningProgram shell = new("unshare", ["--net", "bash", "-c", Script, "bash", Binary.Server, Binary.Client]);
        Assert.True(shell.WaitForExit() == 0, shell.Transcript);
        Assert.Contains("listening on 0.0.0.0:7\n", shell.Output, StringComparison.Ordinal);
        Assert.Contains("hello\n", shell.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-user", "user 'no-such-user' is not known")]
    [InlineData("nobody:no-such-group", "group 'no-such-group' is not known")]
    [InlineData("4711", "user '4711' has no entry that tells its group: add one, as in 4711:GROUP")]
    [InlineData("4294967295:1", "user '4294967295' is not known")]
    public void An_unknown_user_is_wrong_usage(string user, string reason)
    {
        using RunningProgram server = new(Binary.Server, ["--user", user, "0"]);
        Assert.Equal(2, server.WaitForExit());
        Assert.StartsWith($"echo-server: {reason}\nUsage: ", server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_without_the_right_to_change_users_gets_an_error()
    {
        if (Environment.IsPrivilegedProcess)
        {
            string[] arguments = ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", Binary.Server, "--user", "daemon", "0"];
            AssertNotPermitted("setpriv", arguments, "1:1");
        }
        else
        {
            AssertNotPermitted(Binary.Server, ["--user", "daemon", "0"], "1:1");
        }
    }

    private static void AssertNotPermitted(string path, string[] arguments, string subject)
    {
        using RunningProgram server = new(path, arguments);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal($"echo-server: setgroups() error: Operation not permitted ({subject})\n", server.Error);
        Assert.Empty(server.Output);
    }
}
