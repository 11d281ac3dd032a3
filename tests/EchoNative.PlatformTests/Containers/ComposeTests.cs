using EchoNative.Testing;

namespace EchoNative.PlatformTests.Containers;

/// <summary>deploy/compose.yaml: three servers behind HAProxy.</summary>
/// <param name="engine">The engine, which has the images.</param>
[Collection(nameof(ContainersCollection))]
public sealed class ComposeTests(ContainerEngine engine)
{
    [Fact]
    public void Docker_Compose_accepts_the_file()
    {
        ToolRun compose = ToolRun.Run("docker-compose", "--file", ComposeFile.FilePath, "config", "--quiet");
        Assert.True(compose.ExitStatus == 0, compose.Transcript);
    }

    [Fact]
    public void All_three_serve_and_one_that_is_killed_is_taken_out_and_comes_back()
    {
        const string Script = """
            file=$1
            compose() { podman-compose --file "$file" --podman-run-args="--cgroup-parent=$groups" --project-name echo "$@"; }
            compose up --detach >compose.log 2>&1 || { cat compose.log >&2; exit 1; }
            proxied_echo() { echo hello | timeout 5 echo-client 127.0.0.1 9190 2>/dev/null | grep -q hello; }
            within_time proxied_echo

            for number in 1 2 3 4 5 6; do
                connect "$number"
                echoes "$number"
            done
            podman kill echo_echo-1_1 >/dev/null
            left=()
            for number in 1 2 3 4 5 6; do
                if echoes "$number"; then left+=("$number"); fi
            done
            echo "${#left[@]} clients are left"
            within_time log_has echo_proxy_1 'Server servers/echo-1 is DOWN'
            for number in 7 8 9; do
                connect "$number"
                all_echo "${left[@]}" "$number"
            done

            # The proxy writes a line about each session that has ended.
            for number in $(seq 1 9); do close "$number"; done
            within_time log_has echo_proxy_1 'servers/echo-2 '
            within_time log_has echo_proxy_1 'servers/echo-3 '

            podman start echo_echo-1_1 >/dev/null
            within_time log_has echo_proxy_1 'Server servers/echo-1 is UP'
            for number in 10 11 12; do
                connect "$number"
                echoes "$number"
            done
            for number in 10 11 12; do close "$number"; done
            back() { podman logs echo_proxy_1 2>/dev/null | sed '1,/echo-1 is UP/d' | grep -q 'servers/echo-1 '; }
            within_time back
            """;
        string said = engine.Check(Script, ComposeFile.FilePath);
        Assert.Equal("4 clients are left\n", said);
    }
}
