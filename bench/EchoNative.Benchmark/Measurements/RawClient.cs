using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;

namespace EchoNative.Benchmark;

/// <summary>
/// A client that sends a file through a C echo server and writes what comes back to another file. Both directions run at
/// once on one processor, so a client with two processes has no advantage.
/// </summary>
internal static class RawClient
{
    private const double Giga = 1e9;
    private const int BlockLength = 1024 * 1024;

    // A client that hangs is ended after this time.
    private const string TimeoutSeconds = "120";

    // bash reports the times of a command in milliseconds, with those of all its processes that were waited for.
    private const string Launch =
        """TIMEFORMAT='%R %U %S'; input=$1; output=$2; shift 2; time "$@" <"$input" >"$output" """;

    public static IEnumerable<Row> Measure(Lab lab, ICollection<string> missing)
    {
        ClientProgram ours = ClientProgram.Ours;
        IReadOnlyList<ClientProgram> others = ClientProgram.FindOthers(missing);
        string input = Path.Combine(lab.Scratch, "input");
        WriteInput(input, lab.Plan.FileBytes);
        Series<ClientProgram, Times> series = Lab.Interleave(
            "client, from file to file", [ours, .. others], lab.Plan.Rounds, program => MeasureOne(lab, program, input));
        File.Delete(input);

        foreach (ClientProgram other in others)
        {
            yield return series.Compare(
                "echo-client --raw: throughput", ours, other, Target.AtLeast(1), Unit.GigabytesPerSecond,
                times => lab.Plan.FileBytes / Giga / times.Real);
            yield return series.Compare(
                "echo-client --raw: CPU", ours, other, Target.AtMost(1), Unit.SecondsPerGigabyte,
                times => times.Processor / (lab.Plan.FileBytes / Giga));
        }
    }

    private static Times MeasureOne(Lab lab, ClientProgram program, string input)
    {
        string output = Path.Combine(lab.Scratch, "output");
        File.Delete(output);
        using MeasuredServer server = new(lab, ServerCatalogue.StaticC);
        using StartedProcess process = StartedProcess.Start(
            lab.Pinning.Load(
                ["timeout", TimeoutSeconds, "bash", "-c", Launch, "bash", input, output, .. program.CommandFor(server.Port)]),
            readsOutput: true);
        (_, string error) = process.Finish();
        server.CheckChildren();
        if (process.ExitStatus != 0)
        {
            throw new MeasurementException($"exit status {process.ExitStatus}: {error}");
        }

        if (!HaveSameBytes(input, output))
        {
            throw new MeasurementException("what came back is not what was sent");
        }

        File.Delete(output);
        double[] times = [.. error.Split('\n')[^1].Split(' ').Select(time => double.Parse(time, CultureInfo.InvariantCulture))];
        return new Times(times[0], times[1] + times[2]);
    }

    // The length of the block is no multiple of any buffer's, so that a piece that is lost or doubled is noticed.
    private static void WriteInput(string path, long length)
    {
        byte[] block = new byte[BlockLength - 1];
        RandomNumberGenerator.Fill(block);
        using FileStream file = File.Create(path);
        for (long written = 0; written < length; written += block.Length)
        {
            file.Write(block.AsSpan(0, (int)Math.Min(block.Length, length - written)));
        }
    }

    private static bool HaveSameBytes(string one, string other)
    {
        using FileStream first = File.OpenRead(one);
        using FileStream second = File.OpenRead(other);
        if (first.Length != second.Length)
        {
            return false;
        }

        byte[] firstBlock = new byte[BlockLength];
        byte[] secondBlock = new byte[BlockLength];
        int count;
        while ((count = first.ReadAtLeast(firstBlock, BlockLength, throwOnEndOfStream: false)) > 0)
        {
            int same = second.ReadAtLeast(secondBlock, BlockLength, throwOnEndOfStream: false);
            if (!firstBlock.AsSpan(0, count).SequenceEqual(secondBlock.AsSpan(0, same)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Times in seconds.</summary>
    private readonly record struct Times(double Real, double Processor);
}
