using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>
/// Any bytes as arguments: the programs end by themselves, with status 0, 1 or 2, and with a readable
/// message.
/// </summary>
public abstract class FuzzContract(Engine engine) : ServerContract(engine)
{
    private const int MostArguments = 6;
    private const int LongestWord = 24;
    private const int LongestInput = 3000;

    // Bytes that are not text can't be passed as a string: xargs reads them from a file. A server that starts, and
    // a load that runs, is stopped after a moment. The network namespace has no other process.
    private const string Script = """
        ip link set lo up
        folder=$1
        shift
        for arguments in "$folder"/*.arguments; do
            run=${arguments%.arguments}
            xargs -0 -a "$arguments" sh -c 'timeout --preserve-status --kill-after 10 "$MOMENT" "$@" <"$0.input" >"$0.output" 2>&1
                echo "$?" >"$0.status"' "$run" "$@"
        done
        """;

    private static readonly string[] s_words =
    [
        "--bind",
        "--backlog",
        "--grace",
        "--quiet",
        "--max-clients",
        "--busy",
        "--max-per-peer",
        "--peer-prefix",
        "--proxy-protocol",
        "--banner",
        "--ignore-probes",
        "--idle-timeout",
        "--user",
        "--raw",
        "--verify",
        "--timeout",
        "-4",
        "-6",
        "--count",
        "--connections",
        "--help",
        "--version",
        "--",
        "-",
        "wait",
        "refuse",
        "ping",
        "connect",
        "127.0.0.1",
        "::1",
        "::",
        "0",
        "1",
        "9190",
        "65535",
        "65536",
        "-1",
        "9x",
        "99999999999999999999",
        "--bind=",
        "--grace=1",
        "",
    ];

    [Theory]
    [InlineData("server", 1)]
    [InlineData("client", 2)]
    [InlineData("bench", 3)]
    [InlineData("native", 4)]
    public void Any_bytes_as_arguments_end_with_0_or_1_or_2(string program, int seed)
    {
        Random random = new(seed);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("echo-native-fuzz-");
        int rounds = Engine.Rounds(150);
        for (int run = 0; run < rounds; run++)
        {
            string name = Path.Combine(folder.FullName, run.ToString("D4", CultureInfo.InvariantCulture));
            File.WriteAllBytes(
                $"{name}.arguments",
                [.. Enumerable.Range(0, random.Next(1, MostArguments)).SelectMany(_ => Word(random).Append((byte)0))]);
            File.WriteAllBytes($"{name}.input", Bytes(random, LongestInput));
        }

        string[] rights = Environment.IsPrivilegedProcess ? [] : ["--map-root-user"];
        using RunningProgram runs = new(
            "unshare",
            ["--net", .. rights, "bash", "-c", Script, "bash", folder.FullName, .. CommandOf(program)],
            new Dictionary<string,
            string>
            { ["MOMENT"] = (Deadline.Long / 10).TotalSeconds.ToString(CultureInfo.InvariantCulture) });
        WaitWhileRunsEnd(runs, folder.FullName);
        Assert.Equal(0, runs.WaitForExit());
        string[] files = Directory.GetFiles(folder.FullName, "*.status");
        Assert.Equal(rounds, files.Length);
        Assert.All(files, AssertWellEnded);
        folder.Delete(recursive: true);
    }

    private IReadOnlyList<string> CommandOf(string program) => program switch
    {
        "server" => Engine.ServerCommand,
        "client" => Engine.ClientCommand,
        "bench" => [.. Engine.Command, "bench"],
        _ => Engine.Command,
    };

    // Each program ends soon, so that all of them do.
    private static void WaitWhileRunsEnd(RunningProgram runs, string folder)
    {
        while (!runs.HasExited)
        {
            int ended = Directory.GetFiles(folder, "*.status").Length;
            Deadline.WaitUntil(
                () => runs.HasExited || Directory.GetFiles(folder, "*.status").Length > ended,
                "the next run has ended",
                () => runs.Transcript);
        }
    }

    private static void AssertWellEnded(string file)
    {
        string name = Path.ChangeExtension(file, null);
        string output = Encoding.Latin1.GetString(File.ReadAllBytes($"{name}.output"));
        string evidence = $"{Encoding.Latin1.GetString(File.ReadAllBytes($"{name}.arguments")).Replace('\0', ' ')}\n{output}";
        Assert.True(File.ReadAllText(file).Trim() is "0" or "1" or "2", $"{File.ReadAllText(file)}: {evidence}");
        Assert.True(
            !output.Contains("internal error", StringComparison.Ordinal) && !output.Contains("   at ", StringComparison.Ordinal),
            evidence);
    }

    private static IEnumerable<byte> Word(Random random)
    {
        if (random.Next(3) > 0)
        {
            return Encoding.ASCII.GetBytes(s_words[random.Next(s_words.Length)]);
        }

        // Any byte except NUL, which ends an argument.
        return Bytes(random, LongestWord).Select(value => value == 0 ? (byte)255 : value);
    }

    private static byte[] Bytes(Random random, int longest)
    {
        byte[] bytes = new byte[random.Next(longest)];
        random.NextBytes(bytes);
        return bytes;
    }
}

public sealed class NativeFuzzTests() : FuzzContract(Engine.Native);

public sealed class ManagedFuzzTests() : FuzzContract(Engine.Managed);
